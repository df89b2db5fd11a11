# SPDX-License-Identifier: GPL-2.0
"""mmt kernels check: into which kernels the series goes."""

import contextlib
import io
import subprocess
from typing import Sequence

from mmtestbed.cli import kernels
from mmtestbed.kernel import blobs, patching, source

from tests import support
from tests.kernel.test_patching import PATCH, TEXT

# What the kernel between has instead of lines 19 to 21.
BETWEEN = TEXT.replace("line 19\nline 20\nline 21\n", "line 20 and its neighbours\n")


class Check(support.TempCase):
    """Three kernels, and a series of one patch that all take, and one fix."""

    def setUp(self) -> None:
        super().setUp()
        self.set_env("MMTB_KERNELS", f"{self.tmp}/k")
        self.set_env("MMTB_CACHE", f"{self.tmp}/cache")
        self.write("patches/um/all.patch", "--- /dev/null\n+++ b/arch/um/new.h\n"
                                           "@@ -0,0 +1 @@\n+new\n")
        self.write("patches/fixes/fix/6.12.patch", PATCH)
        self.texts = {"6.12.117": TEXT, "6.18.2": BETWEEN, "7.3.4": f"a\nb\n{TEXT}"}
        for version, text in self.texts.items():
            major, minor, sub = version.split(".")
            for landmark in source.LANDMARKS:
                self.write(f"k/{version}/{landmark}", "")
            self.write(f"k/{version}/Kbuild", "")
            self.write(f"k/{version}/Makefile", f"VERSION = {major}\nPATCHLEVEL = {minor}\n"
                                                f"SUBLEVEL = {sub}\n")
            self.write(f"k/{version}/mm/x.c", text)
        self.table: "dict[str, dict[str, str | None]]" = {}
        for module, name, value in ((patching, "ours", self.ours),
                                    (blobs, "read", lambda: self.table)):
            self.addCleanup(setattr, module, name, getattr(module, name))
            setattr(module, name, value)

    def ours(self, fixes: bool = True, groups: Sequence[str] = ()) -> "list[object]":
        """The series."""
        return [self.tmp / "patches/um/all.patch",
                *([self.tmp / "patches/fixes/fix"] if fixes else [])]

    def check(self, *words: str) -> tuple[int, Sequence[str]]:
        """(exit code, lines) of the command."""
        with contextlib.redirect_stdout(io.StringIO()) as out, \
                contextlib.redirect_stderr(out):
            code = kernels.main(["check", *words])
        return code, out.getvalue().splitlines()

    def test_a_fix_that_stops_on_a_kernel_between(self) -> None:
        code, said = self.check()
        self.assertEqual(code, 1)
        self.assertIn("6.12.117: 2 exactly", said)
        self.assertIn("7.3.4: 2 exactly", said)
        [line] = [line for line in said if line.startswith("BROKEN")]
        self.assertIn("BROKEN 6.18.2: patches/fixes/fix/6.12.patch does not apply: hunk #1 at "
                      "line 18 of mm/x.c", line)
        self.assertEqual(said[-1], "FAIL: the series stops on 6.18.2")

    def test_what_mends_it(self) -> None:
        needed = self.write("patches/fixes/fix/needed", "mm/x.c lacks /neighbours/\n")
        code, said = self.check()
        self.assertEqual((code, said[-1]), (0, "PASS: the series goes into 3 kernels"))
        self.assertIn("6.18.2: 1 exactly, 1 not needed", said)
        needed.unlink()
        self.write("patches/fixes/fix/6.18.patch", PATCH.replace(
            "@@ -18,5 +18,5 @@\n line 18\n line 19\n-line 20\n+line twenty\n line 21\n",
            "@@ -18,3 +18,3 @@\n line 18\n-line 20 and its neighbours\n+line twenty\n"))
        self.assertEqual(self.check()[1][-1], "PASS: the series goes into 3 kernels")

    def test_the_series_without_fixes_counts(self) -> None:
        """That is what runs take: here, only a fix makes the line that a patch needs."""
        self.write("patches/um/all.patch", PATCH.replace("line 20", "line twenty").replace(
            "+line twenty", "+line XX"))
        setattr(patching, "ours", lambda fixes=True, groups=(): self.ours(fixes)[::-1])
        for name in ("6.12.117", "7.3.4"):
            code, said = self.check(f"{self.tmp}/k/{name}")
            self.assertEqual(code, 1)
            self.assertIn("um/all.patch does not apply", "\n".join(said))

    def test_nothing_is_merged_but_what_went_in_loosely_is_named(self) -> None:
        self.write("k/6.18.2/mm/x.c", TEXT.replace("line 18", "18").replace("line 22", "22"))
        self.assertIn("6.18.2: 1 exactly, 1 loosely (fixes/fix)", self.check()[1])

    def test_what_a_kernel_does_not_have_to_call(self) -> None:
        """The variant goes in, and the compiler would stop it."""
        self.write("k/6.18.2/mm/x.c", TEXT)
        added = ("+/* as far_away() does */\n+\tif (is_new_entry(entry) && own(\"say(%d)\"))\n"
                 "+static bool __must_hold(lock) own(int a)\n")
        self.write("patches/fixes/fix/6.12.patch", PATCH.replace("+line twenty\n", added).replace(
            "-18,5 +18,5", "-18,5 +18,7"))
        for name in ("6.12.117", "7.3.4"):
            self.write(f"k/{name}/include/linux/new.h",
                       "#define __must_hold(x)\nint is_new_entry(int a);\n")
        self.write("k/6.18.2/include/linux/new.h",
                   "#define __must_hold(x)\nint is_new_entry_too(int a);\n")
        code, said = self.check()
        self.assertEqual([line for line in said if line.startswith("BROKEN")], [
            "BROKEN 6.18.2: fixes/fix (6.12.patch) calls is_new_entry(), which this kernel does "
            "not have"])
        self.assertEqual((code, said[-1]), (1, "FAIL: the series stops on 6.18.2"))

    def test_code_in_a_comment(self) -> None:
        """A kernel that says more at this place takes the hunk into what it says."""
        self.write("patches/fixes/fix/6.12.patch",
                   PATCH.replace("+line twenty\n", "+\tline = 20;\n"))
        self.write("k/6.18.2/mm/x.c", TEXT.replace("line 1\n", "/* line 1\n") + "*/\n")
        code, said = self.check()
        self.assertEqual([line for line in said if line.startswith("BROKEN")], [
            "BROKEN 6.18.2: fixes/fix (6.12.patch) puts code into a comment of mm/x.c: "
            "line = 20;"])
        self.assertEqual((code, said[-1]), (1, "FAIL: the series stops on 6.18.2"))

    def test_releases_of_a_repository(self) -> None:
        """As a developer has them, who has one tree and its history."""
        git = self.tmp / "git"
        subprocess.run(["git", "init", "-q", "--bare", str(git)], check=True)
        for release, text in (("6.13", BETWEEN), ("7.3.4", TEXT)):
            blob = subprocess.run(["git", "-C", str(git), "hash-object", "-w", "--stdin"],
                                  input=text, text=True, stdout=subprocess.PIPE,
                                  check=True).stdout.strip()
            self.table[release] = {"mm/x.c": blob, "arch/um/new.h": None,
                                   **{path: None for path in patching.KCONFIGS}}
        self.table["7.0"] = {**self.table["6.13"], "mm/x.c": "0" * 40}
        code, said = self.check("--git", str(git))
        self.assertEqual((code, said[-1]), (1, "FAIL: the series stops on 6.13, 6.18.2"))
        self.assertEqual(len([line for line in said if line.startswith("7.3.4:")]), 1)
        self.assertTrue([line for line in said if "not here, not tried: 7.0; name" in line])

    def test_wrong_usage(self) -> None:
        self.assertEqual(self.check("--git", str(self.tmp))[0], 2)
        self.set_env("MMTB_KERNELS", "")
        code, said = self.check()
        self.assertEqual(code, 2)
        self.assertIn("there is no kernel here", said[-1])
