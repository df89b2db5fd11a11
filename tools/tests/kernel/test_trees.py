# SPDX-License-Identifier: GPL-2.0
"""The trees that the user has named."""

from pathlib import Path

from mmtestbed.errors import UsageError
from mmtestbed.kernel import trees
from mmtestbed.model import lines

from tests import support

LTS = lines.by_name("6.18")


class Trees(support.TempCase):
    def setUp(self) -> None:
        super().setUp()
        self.set_env("MMTB_KERNELS", None)
        self.set_env("XDG_CONFIG_HOME", str(self.tmp / "config"))
        for name, version in (("old", (6, 18, 2)), ("new", (6, 18, 11)), ("other", (6, 19, 0)),
                              ("debians", (6, 12, 1))):
            self.write(f"k/{name}/Makefile", "VERSION = {}\nPATCHLEVEL = {}\n"
                       "SUBLEVEL = {}\n".format(*version))
            self.write(f"k/{name}/Kbuild", "")
        self.write("k/no-tree/Makefile", "VERSION = 6\nPATCHLEVEL = 18\nSUBLEVEL = 99\n")

    def of(self, line: lines.Line = LTS) -> str:
        """The name of what is found."""
        found = trees.of(line)
        return found.name if found else ""

    def test_none(self) -> None:
        self.assertEqual(self.of(), "")

    def test_a_folder_of_trees(self) -> None:
        self.set_env("MMTB_KERNELS", str(self.tmp / "k"))
        self.assertEqual(self.of(), "new")
        self.assertEqual(self.of(lines.by_name("6.19")), "other")
        self.assertEqual(self.of(lines.by_name("6.14")), "")

    def test_some_trees(self) -> None:
        self.set_env("MMTB_KERNELS", f"{self.tmp}/k/other:{self.tmp}/none:{self.tmp}/k/old")
        self.assertEqual(self.of(), "old")

    def test_in_a_file(self) -> None:
        self.write("config/mm-testbed/kernels", f"# mine\n\n{self.tmp}/k/old\n")
        self.assertEqual(self.of(), "old")
        self.set_env("MMTB_KERNELS", "")
        self.assertEqual(self.of(), "")

    def test_a_file_that_cannot_be_read(self) -> None:
        (self.tmp / "config/mm-testbed/kernels").mkdir(parents=True)
        with self.assertRaisesRegex(UsageError, "cannot read .*kernels"):
            self.of()

    def test_debian_goes_first(self) -> None:
        self.set_env("MMTB_KERNELS", str(self.tmp / "k"))
        self.assertEqual(self.of(lines.DEFAULT), "")

    def test_home(self) -> None:
        self.set_env("HOME", str(self.tmp))
        self.set_env("MMTB_KERNELS", "~/k")
        self.assertEqual(trees.of(LTS), Path(self.tmp) / "k/new")
