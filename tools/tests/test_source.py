# SPDX-License-Identifier: GPL-2.0
"""Where the source comes from."""

import tarfile

from mmtestbed import lines, source
from mmtestbed.errors import TestbedError, UsageError

from tests import support

MAKEFILE = "# SPDX\nVERSION = 6\nPATCHLEVEL = {}\nSUBLEVEL = 117\nEXTRAVERSION =\n" \
           "NAME = Baby\n"


class Version(support.TempCase):
    def test_versions(self) -> None:
        self.assertEqual(source.makefile_version(MAKEFILE.format(12)),
                         ((6, 12), "6.12.117"))
        self.assertEqual(
            source.makefile_version("VERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 0\n"
                                    "EXTRAVERSION = -rc1\n"), ((7, 3), "7.3-rc1"))
        with self.assertRaises(ValueError):
            source.makefile_version("all:\n\ttrue\n")

    def test_nearest_line(self) -> None:
        self.assertEqual(lines.nearest((6, 12)).name, "6.12")
        self.assertEqual(lines.nearest((5, 10)).name, "6.12")


class Kdir(support.TempCase):
    def kernel(self, patchlevel: int) -> str:
        for landmark in source.LANDMARKS:
            self.write(f"k dir/{landmark}", "")
        self.write("k dir/Makefile", MAKEFILE.format(patchlevel))
        return str(self.tmp / "k dir")

    def test_supported(self) -> None:
        found = source.from_kdir(self.kernel(12), None, self.console)
        self.assertEqual((found.version, found.line.name, found.frozen),
                         ("6.12.117", "6.12", False))
        self.assertEqual(self.text.getvalue(), "")

    def test_unsupported_says_so(self) -> None:
        found = source.from_kdir(self.kernel(9), None, self.console)
        self.assertEqual(found.line.name, "6.12")
        self.assertIn("Linux 6.9.117 is no supported line", self.text.getvalue())

    def test_not_a_tree(self) -> None:
        for path in ("/no/such/folder", str(self.tmp), "/etc/passwd"):
            with self.subTest(path), self.assertRaises(UsageError):
                source.from_kdir(path, None, self.console)


class Unpack(support.TempCase):
    def archive(self, version: int) -> None:
        self.write("linux-source/Makefile", MAKEFILE.format(version))
        with tarfile.open(self.tmp / "x.tar.xz", "w:xz") as tar:
            tar.add(self.tmp / "linux-source", "linux-source")

    def test_once(self) -> None:
        self.archive(12)
        for _ in range(2):
            found = source.unpack(lines.DEFAULT, self.tmp / "x.tar.xz",
                                  self.tmp / "cache", self.console)
            self.assertEqual(found.version, "6.12.117")
            self.assertTrue(found.frozen)
        self.assertEqual(self.text.getvalue().count("done"), 1)

    def test_damaged_leaves_nothing(self) -> None:
        archive = self.write("x.tar.xz", "no archive")
        with self.assertRaisesRegex(TestbedError, "cannot unpack"):
            source.unpack(lines.DEFAULT, archive, self.tmp / "cache", self.console)
        left = {path.name for path in (self.tmp / "cache/src/6.12").iterdir()}
        self.assertEqual(left, {"unpack.lock"})

    def test_wrong_version(self) -> None:
        self.archive(1)
        with self.assertRaisesRegex(TestbedError, "not 6.12"):
            source.unpack(lines.DEFAULT, self.tmp / "x.tar.xz", self.tmp / "cache",
                          self.console)
