# SPDX-License-Identifier: GPL-2.0
"""Cases that have to end in a report of the kernel."""

import unittest
from pathlib import Path

from mmtestbed.boot import due_reports, guards
from mmtestbed.boot.judge import Judge
from mmtestbed.boot.uml import Ending, How
from mmtestbed.model import cases
from mmtestbed.model.outcomes import Name, Outcome, Splat, Status

from tests import support

SUITES = Path(__file__).resolve().parents[3] / "mm" / "kunit"
BUG = ("zone_device_put", "double_put_is_caught")
WARN = ("zone_device_pgmap", "overlapping_pgmaps_are_refused")
PUT = "bug put_page_testzero"


def settled(lines: list[str], name: Name, reports: list[str],
            ending: Ending = Ending(How.EXITED, 0)) -> Outcome:
    """What becomes of the one case in @lines."""
    judge = Judge([name], lambda outcome: None, forgiving=True)
    for line in lines:
        judge.read(line)
    judge.end(ending, 10)
    return due_reports.settle(support.only(judge), reports)


class Bug(unittest.TestCase):
    """The kernel goes down with the report."""

    ENDING = Ending(How.EXITED, 1)

    def test_comes(self) -> None:
        outcome = settled(support.log("due_bug"), BUG, [PUT], self.ENDING)
        self.assertEqual((outcome.status, outcome.reason), (Status.PASSED, ""))
        self.assertEqual(outcome.splats, [])
        [splat] = outcome.expected
        self.assertTrue(splat.fatal)
        self.assertIn("put_page_testzero", splat.title)

    def test_by_the_condition(self) -> None:
        outcome = settled(support.log("due_bug"), BUG,
                          ["bug page_ref_count(page) == 0"], self.ENDING)
        self.assertEqual(outcome.status, Status.PASSED)

    def test_another_comes(self) -> None:
        for report in ("bug swap_entry_migration_sync", "warning put_page_testzero"):
            outcome = settled(support.log("due_bug"), BUG, [report], self.ENDING)
            self.assertEqual(outcome.status, Status.CRASHED)
            self.assertIn("put_page_testzero", outcome.reason)
            self.assertEqual(outcome.expected, [])

    def test_one_more_comes(self) -> None:
        lines = support.log("due_bug")
        at = next(i for i, line in enumerate(lines) if "page: refcount" in line)
        lines[at:at] = ["[ 0.1] WARNING: CPU: 0 PID: 1 at mm/x.c:26 foo+0x29/0x30",
                        "[ 0.1] ---[ end trace 0000000000000000 ]---"]
        outcome = settled(lines, BUG, [PUT], self.ENDING)
        self.assertEqual(outcome.status, Status.CRASHED)
        self.assertIn("foo", outcome.reason)

    def test_is_survived(self) -> None:
        lines = [line for line in support.log("good") if "good_skips" not in line
                 and "good_params" not in line and "param-" not in line]
        outcome = settled(lines, ("good", "good_adds"), [PUT])
        self.assertEqual(outcome.status, Status.FAILED)
        self.assertEqual(outcome.reason, f"the kernel did not report '{PUT}'")

    def test_dies_without_a_word(self) -> None:
        lines = support.log("due_bug")
        at = next(i for i, line in enumerate(lines) if "page: refcount" in line)
        outcome = settled(lines[:at], BUG, [PUT], self.ENDING)
        self.assertEqual(outcome.status, Status.CRASHED)
        self.assertIn(f"did not report '{PUT}'", outcome.reason)

    def test_hangs(self) -> None:
        lines = support.log("due_bug")
        at = next(i for i, line in enumerate(lines) if "page: refcount" in line)
        outcome = settled(lines[:at], BUG, [PUT], Ending(How.HUNG, 0))
        self.assertEqual(outcome.status, Status.HUNG)


class Warning(unittest.TestCase):
    """The kernel and the case go on."""

    def test_comes(self) -> None:
        outcome = settled(support.log("due_warn"), WARN, ["warning mm/memremap.c"])
        self.assertEqual((outcome.status, outcome.reason), (Status.PASSED, ""))
        self.assertEqual(len(outcome.expected), 4)

    def test_each_has_to_come(self) -> None:
        outcome = settled(support.log("due_warn"), WARN,
                          ["warning mm/memremap.c", "warning mm/gup.c"])
        self.assertEqual(outcome.status, Status.FAILED)
        self.assertIn("mm/gup.c", outcome.reason)

    def test_alternatives(self) -> None:
        outcome = settled(support.log("due_warn"), WARN,
                          ["bug mm/gup.c | warning mm/memremap.c"])
        self.assertEqual(outcome.status, Status.PASSED)

    def test_nothing_else_may(self) -> None:
        outcome = settled(support.log("due_warn"), WARN, ["warning memremap.c:184"])
        self.assertEqual(outcome.status, Status.FAILED)
        self.assertIn("memremap.c:191", outcome.reason)

    def test_does_not_excuse_an_assertion(self) -> None:
        lines = [line.replace("ok 1 overlapping", "not ok 1 overlapping")
                 for line in support.log("due_warn")]
        outcome = settled(lines, WARN, ["warning mm/memremap.c"])
        self.assertEqual(outcome.status, Status.FAILED)

    def test_assertion_behind_long_reports(self) -> None:
        lines = [line.replace("ok 1 overlapping", "not ok 1 overlapping")
                 for line in support.log("due_warn")]
        at = next(i for i, line in enumerate(lines) if "ok 2 device coherent" in line)
        lines[at:at] = [*["[ 0.7]  [<604735c2>] ? _printk+0x0/0x57"] * 300,
                        "[ 0.7]     # overlapping: EXPECTATION FAILED at mm/x.c:1",
                        "[ 0.7]     Expected 1 == 2, but"]
        outcome = settled(lines, WARN, ["warning mm/memremap.c"])
        self.assertEqual(outcome.reason,
                         "EXPECTATION FAILED at mm/x.c:1: Expected 1 == 2, but "
                         "[device coherent]")

    def test_must_not_be_the_end(self) -> None:
        lines = support.log("due_warn")
        at = next(i for i, line in enumerate(lines) if "ok 1 device private" in line)
        outcome = settled(lines[:at], WARN, ["warning mm/memremap.c"],
                          Ending(How.EXITED, 1))
        self.assertEqual(outcome.status, Status.CRASHED)
        self.assertIn("went down after", outcome.reason)

    def test_skipped(self) -> None:
        outcome = Outcome(*WARN, Status.SKIPPED, reason="needs CONFIG_X")
        self.assertIs(due_reports.settle(outcome, ["warning x"]), outcome)


class KernelDoc(unittest.TestCase):
    def test_kinds_of_several_words(self) -> None:
        self.assertEqual(due_reports.alternatives("bad page foo | bug bar baz"),
                         [("bad page", "foo"), ("bug", "bar baz")])
        self.assertTrue(due_reports.matches("bad page foo",
                                            Splat("bad page", "BUG: Bad page foo")))

    def test_what_the_suites_demand(self) -> None:
        demands = due_reports.wanted({(case.suite, case.name): case
                                      for case in cases.read(SUITES)})
        self.assertIn(BUG, demands)
        for name, reports in demands.items():
            for report in reports:
                for kind, text in due_reports.alternatives(report):
                    self.assertIn(kind, guards.KINDS, f"{name}: {report}")
                    self.assertTrue(text, f"{name}: {report}")
