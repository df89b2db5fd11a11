# SPDX-License-Identifier: GPL-2.0
"""scripts/run.sh --gdb."""

import shutil
from pathlib import Path
from unittest import mock

from mmtestbed.boot import debug, runner
from mmtestbed.errors import HostError

from tests import support

CASE = ("zone_device", "double_put_is_caught")


class Gdb(support.TempCase):
    def how(self) -> runner.Options:
        return runner.Options(Path("/k/linux"), self.tmp / "boots", ("x=1",), 60, 1,
                              virtual=True, seed=7)

    def test_the_kernel_is_booted_as_for_a_child(self) -> None:
        words = debug.command(self.how(), self.how().folder / "gdb", CASE, True, {"/a/src": Path("/b/src")})
        kernel = words[words.index("--args") + 1:]
        self.assertEqual(kernel[:8], [
            "/k/linux", "mem=1G", *runner.VIRTUAL, "x=1", "snapshot_seed=7", "mm_kunit.seed=7",
            "mm_kunit.expect_report=1"])
        self.assertIn("kunit.filter_glob=zone_device.double_put_is_caught", kernel)
        orders = [words[at + 1] for at, word in enumerate(words) if word == "-ex"]
        self.assertIn("set substitute-path /a/src /b/src", orders)
        self.assertLess(orders.index("break __kunit_do_failed_assertion"),
                        orders.index("run"))
        self.assertTrue(any(order.startswith("handle SIGSEGV") for order in orders))

    def test_more_breakpoints(self) -> None:
        words = debug.command(self.how(), self.tmp, CASE, False, {},
                              ["break mmx_switched", "ignore $bpnum 1"])
        orders = [words[at + 1] for at, word in enumerate(words) if word == "-ex"]
        at = orders.index("break mmx_switched")
        self.assertEqual(orders[at + 1:at + 3], ["ignore $bpnum 1", "run"])

    def test_lines_are_built_in(self) -> None:
        self.write("mm/Makefile", "obj-y += migrate.o")
        found = debug.with_lines({"mm/kunit/Makefile": b"obj-y += kunit/\n", "x": None},
                                 self.tmp)
        self.assertEqual(found["mm/kunit/Makefile"],
                         b"obj-y += kunit/\nsubdir-ccflags-y += -g\n")
        lines = (found["mm/Makefile"] or b"").splitlines()
        self.assertEqual(lines[0], b"obj-y += migrate.o")
        self.assertIn(b"CFLAGS_migrate_device.o += -g", lines)
        self.assertEqual(found["fs/proc/Makefile"], b"\nCFLAGS_task_mmu.o += -g\n")
        self.assertIsNone(found["x"])

    def test_it_stops_at_a_failed_assertion(self) -> None:
        if not shutil.which("gdb") or not shutil.which("gcc"):
            self.skipTest("gdb or gcc is not installed")
        source = self.write("k.c", "#include <signal.h>\n"
                            "void __kunit_do_failed_assertion(void) {}\n"
                            "void panic(void) {}\nvoid __warn(void) {}\n"
                            "void the_case(void) { __kunit_do_failed_assertion(); }\n"
                            "int main(void) { signal(SIGUSR1, SIG_IGN);\n"
                            "raise(SIGUSR1); the_case(); return 0; }\n")
        kernel = self.tmp / "linux"
        support.check("gcc", "-g", "-O0", "-o", str(kernel), str(source))
        how = runner.Options(kernel, self.tmp / "boots", (), 60, 1)
        words = debug.command(how, how.folder / "gdb", CASE, False, {})
        (self.tmp / "boots" / "gdb").mkdir(parents=True)
        text = support.check(*words[:1], "-batch", *words[1:])
        self.assertRegex(text, r"#1 .* the_case \(\) at .*k\.c:5")

    def test_without_gdb(self) -> None:
        with mock.patch("subprocess.Popen",
                        side_effect=FileNotFoundError(2, "No such file")), \
             self.assertRaisesRegex(HostError, "cannot run gdb"):
            debug.run(self.how(), CASE, False, {}, self.console)
