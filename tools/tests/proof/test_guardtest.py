# SPDX-License-Identifier: GPL-2.0
"""Tests of mmtestbed.proof.guardtest: what is demanded, and when it is met."""

import unittest
from pathlib import Path

from mmtestbed.errors import TestbedError
from mmtestbed.model.outcomes import Outcome, Splat, Status
from mmtestbed.proof import guardtest
from mmtestbed.proof.guardtest import Wanted

SOURCE = """\
/**
 * warns() - WARN()
 * @test: the running case
 *
 * Guard: failed WARNING: at
 */
static void warns(struct kunit *test)
{
}

/**
 * loops() - No end
 * @test: the running case
 *
 * Guard: hung -
 */
static void loops(struct kunit *test)
{
}

static struct kunit_case the_cases[] = {
\tKUNIT_CASE(warns),
\tKUNIT_CASE(loops),
\t{}
};

static struct kunit_suite the_suite = {
\t.name = "guard_selftest",
\t.init = mmk_case_init,
\t.test_cases = the_cases,
};
"""
REPOSITORY = Path(__file__).resolve().parents[3]


def outcome(status: Status, reason: str = "", *lines: str) -> Outcome:
    """What is said of the case "warns"."""
    splats = [Splat("warning", lines[0], list(lines))] if lines else []
    return Outcome("guard_selftest", "warns", status, reason=reason, splats=splats)


class Demands(unittest.TestCase):
    """What the source says has to be reported."""

    def test_demands(self) -> None:
        self.assertEqual(guardtest.wanted(SOURCE), {
            ("guard_selftest", "warns"): Wanted(Status.FAILED, "WARNING: at", "WARN()"),
            ("guard_selftest", "loops"): Wanted(Status.HUNG, "", "No end")})

    def test_case_without_demand(self) -> None:
        with self.assertRaisesRegex(TestbedError, "loops has no line 'Guard:"):
            guardtest.wanted(SOURCE.replace(" * Guard: hung -\n", ""))

    def test_the_real_source(self) -> None:
        text = (REPOSITORY / guardtest.SOURCE).read_text(encoding="utf-8")
        found = guardtest.wanted(text)
        self.assertGreater(len(found), 30)
        self.assertEqual(found[("guard_selftest", "behaves")].status, Status.PASSED)


class Faults(unittest.TestCase):
    """When what was said of a case is wrong."""

    want = Wanted(Status.FAILED, "WARNING:", "")

    def test_right(self) -> None:
        self.assertEqual("", guardtest.fault(
            outcome(Status.FAILED, "warning: x", "WARNING: x"), self.want))

    def test_quote_in_the_reason(self) -> None:
        self.assertEqual("", guardtest.fault(outcome(Status.FAILED, "WARNING: x"),
                                             self.want))

    def test_other_status(self) -> None:
        self.assertEqual("passed instead of failed",
                         guardtest.fault(outcome(Status.PASSED), self.want))

    def test_not_quoted(self) -> None:
        self.assertIn("does not quote", guardtest.fault(outcome(Status.FAILED, "x"),
                                                        self.want))

    def test_nothing(self) -> None:
        self.assertEqual("nothing was said of it", guardtest.fault(None, self.want))

    def test_not_built_in(self) -> None:
        skipped = outcome(Status.SKIPPED, "needs CONFIG_KASAN")
        self.assertTrue(guardtest.not_built_in(skipped, self.want))
        self.assertFalse(guardtest.not_built_in(
            outcome(Status.SKIPPED, "for a reason"), self.want))
        self.assertFalse(guardtest.not_built_in(
            skipped, Wanted(Status.SKIPPED, "", "")))

    def test_troubles_that_are_meant(self) -> None:
        demands = {("missing", "case"): Wanted(Status.MISSING, "", "")}
        self.assertTrue(guardtest.tolerated("suite missing failed outside of its cases",
                                            demands))
        self.assertFalse(guardtest.tolerated("suite other failed", demands))

    def test_noticed(self) -> None:
        self.assertEqual(guardtest.noticed(outcome(Status.FAILED, "", "WARNING: x")),
                         "log: warning")
        self.assertEqual(guardtest.noticed(outcome(Status.HUNG)), "time limit")
        self.assertEqual(guardtest.noticed(outcome(Status.PASSED)), "")
        self.assertEqual(guardtest.noticed(
            outcome(Status.FAILED, "EXPECTATION FAILED at mm/kunit/lib/guard.c:1")),
            "the suite")


if __name__ == "__main__":
    unittest.main()
