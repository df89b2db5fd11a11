# SPDX-License-Identifier: GPL-2.0
"""scripts/test.sh itself: its lines, its table and its sum."""

import subprocess
import sys
import time
import unittest

from mmtestbed.cli import selftest
from mmtestbed.model import repository

from tests import support


class Mixed(unittest.TestCase):
    """Not for the loader: its tests come out in all ways."""

    def passes(self) -> None:
        subprocess.run([sys.executable, "-c", "sum(range(10**6))"], check=True)

    def fails(self) -> None:
        self.fail("for a reason")

    def skips(self) -> None:
        self.skipTest("it does not apply")

    def sub(self) -> None:
        for number in range(3):
            with self.subTest(number):
                self.assertNotEqual(number, 1)


class Sum(support.TempCase):
    def test_each_way(self) -> None:
        parts = selftest.Parts()
        result = selftest.Result(self.console, parts)
        unittest.TestSuite(Mixed(name) for name in ("passes", "fails", "skips", "sub")
                           ).run(result)
        self.assertEqual((result.passed, result.failed, result.left_out), (1, 2, 1))
        text = self.text.getvalue()
        for words in ("ok    cli.test_selftest.Mixed.passes", "for a reason",
                      "FAIL  cli.test_selftest.Mixed.fails", "FAIL  cli.test_selftest.Mixed.sub",
                      "skip  cli.test_selftest.Mixed.skips", "# it does not apply"):
            self.assertIn(words, text)
        self.assertRegex("\n".join(parts.table()), r"(?m)^unit tests +4 ")

    def test_parts(self) -> None:
        for test, part in (("tests.e2e.test_bisect.Ways.test_flaky", "e2e.test_bisect"),
                           ("tests.test_ns.Run.test_it", "unit tests")):
            self.assertEqual(selftest.part_of(test), part)

    def test_minutes(self) -> None:
        """Of the clock and of CPUs, those of other processes too; all of them."""
        parts = selftest.Parts()
        parts.spent("nothing")
        clock, cpu = time.monotonic, selftest.cpu_seconds
        try:
            setattr(time, "monotonic", lambda: clock() + 120)
            setattr(selftest, "cpu_seconds", lambda: cpu() + 180)
            parts.spent("one", 3)
            setattr(time, "monotonic", lambda: clock() + 180)
            parts.spent("two")
        finally:
            setattr(time, "monotonic", clock)
            setattr(selftest, "cpu_seconds", cpu)
        self.assertEqual([line.split() for line in parts.table()][2:], [
            ["nothing", "-", "0.0", "0.0"], ["one", "3", "2.0", "3.0"],
            ["two", "-", "1.0", "0.0"], ["all", "3", "3.0", "3.0"]])

    def test_cpu_of_others_counts(self) -> None:
        before = selftest.cpu_seconds()
        subprocess.run([sys.executable, "-c", "import time\n"
                        "while time.process_time() < 0.3: pass"], check=True)
        self.assertGreater(selftest.cpu_seconds() - before, 0.25)

    def test_the_sum_is_the_last_line(self) -> None:
        done = subprocess.run([str(repository.REPOSITORY / ".ci/run"), "test_lines_nobody_has",
                               "test_ktap"], check=False, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        *_, table, last = done.stdout.splitlines()
        self.assertRegex(last, r"^\d+ passed, 0 failed, 0 skipped$")
        self.assertRegex(table, r"^all +\d+ +\d+\.\d +\d+\.\d$")
        self.assertEqual(table.split()[1], last.split()[0])

    def test_nothing_to_do_is_no_success(self) -> None:
        done = subprocess.run([str(repository.REPOSITORY / ".ci/run"), "test_that_nobody_has"],
                              check=False, capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stdout.endswith("0 passed, 0 failed, 0 skipped\n"))
