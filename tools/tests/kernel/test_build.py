# SPDX-License-Identifier: GPL-2.0
"""kunit.py's words turned into ours, and the user's folders."""

from pathlib import Path

from mmtestbed.errors import UsageError
from mmtestbed.host import lock
from mmtestbed.host.proc import Done
from mmtestbed.kernel import build, complaints, planning

from tests import support

PLAN = planning.Plan((Path("/r/.kunitconfig"),), 4, ("--nonsense",), Path("/c"))
COMPILE = """[12:00:00] Building KUnit Kernel ...
$ make all
ERROR:root:../src/mm/migrate.c: In function 'foo':
../src/mm/migrate.c:12:1: error: expected ';' before '}' token
make[4]: *** [../src/scripts/Makefile.build:229: mm/migrate.o] Error 1
make: *** [Makefile:224: __sub-make] Error 2
"""
CONFIG = """[12:00:00] Configuring KUnit Kernel ...
ERROR:root:Not all Kconfig options selected in kunitconfig were in the generated .config.
This is probably due to unsatisfied dependencies.
Missing: CONFIG_DEVICE_PRIVATE=y, CONFIG_ZONE_DEVICE=y
"""


class Explain(support.TempCase):
    def test_compile_error(self) -> None:
        err = complaints.explain(Done(1, COMPILE), PLAN, "6.12.117")
        self.assertEqual(err.code, 125)
        self.assertIn("mm/migrate.c:12:1: error: expected ';'", err.message)
        # That is where the version of a control is named.
        self.assertIn("In function 'foo'", err.details[0])

    def test_missing_option(self) -> None:
        err = complaints.explain(Done(1, CONFIG), PLAN, "6.12.117")
        self.assertEqual(err.code, 125)
        self.assertIn("CONFIG_DEVICE_PRIVATE=y, CONFIG_ZONE_DEVICE=y", err.message)

    def test_disk_full(self) -> None:
        err = complaints.explain(Done(1, "as: x.o: No space left on device\n"), PLAN, "")
        self.assertIn("disk is full", err.message)

    def test_usage(self) -> None:
        err = complaints.explain(Done(2, "usage: kunit.py [-h]\nkunit.py: error: "
                                 "unrecognized arguments: --nonsense\n"), PLAN, "")
        self.assertEqual(err.code, 2)
        self.assertIn("--nonsense", err.message)

    def test_compiler_that_is_too_old(self) -> None:
        """Kconfig says so in a box, above the errors of three makes."""
        err = complaints.explain(Done(1, (
            "***\n*** C compiler is too old.\n***   Your Clang version:    16.0.6\n"
            "***   Minimum Clang version: 17.0.1\n***\n"
            "scripts/Kconfig.include:45: Sorry, this C compiler is not supported.\n"
            "make[3]: *** [scripts/kconfig/Makefile:85: olddefconfig] Error 1\n")), PLAN, "7.3.4")
        self.assertIn("Linux 7.3.4 does not take", err.message)
        self.assertIn("Sorry, this C compiler is not supported.", err.message)
        self.assertEqual(list(err.details), [
            "*** C compiler is too old.", "***   Your Clang version:    16.0.6",
            "***   Minimum Clang version: 17.0.1"])

    def test_silent_failure(self) -> None:
        self.assertEqual(complaints.explain(Done(1, ""), PLAN, "").code, 125)


class BuildDir(support.TempCase):
    def test_new_empty_and_ours(self) -> None:
        build.check_build_dir(self.tmp / "new")
        build.check_build_dir(self.tmp)
        self.write(build.MARK, "")
        self.write("vmlinux", "")
        build.check_build_dir(self.tmp)

    def test_somebody_elses(self) -> None:
        self.write("thesis.tex", "")
        with self.assertRaises(UsageError):
            build.check_build_dir(self.tmp)


class Files(support.TempCase):
    def test_write_leaves_no_rest(self) -> None:
        target = self.tmp / "file"
        lock.write(target, b"one")
        lock.write(target, b"two")
        self.assertEqual(target.read_bytes(), b"two")
        self.assertEqual([path.name for path in self.tmp.iterdir()], ["file"])

    def test_damaged_json_is_none(self) -> None:
        self.assertIsNone(lock.read_json(self.write("x", "{")))
        self.assertIsNone(lock.read_json(self.tmp / "no"))

    def test_lock_says_that_it_waits(self) -> None:
        with lock.held(self.tmp / "lock", lambda: self.fail("nobody has it"), True), \
                lock.held(self.tmp / "lock", lambda: self.fail("shared"), True):
            pass
