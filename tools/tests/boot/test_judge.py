# SPDX-License-Identifier: GPL-2.0
"""From a console to outcomes."""

import unittest

from mmtestbed.boot.uml import Ending, How
from mmtestbed.model.outcomes import Status

from tests import support

GOOD = [("good", "good_adds"), ("good", "good_skips"), ("good", "good_params")]
MIXED = GOOD + [("bad", name) for name in (
    "bad_fails", "bad_fine", "bad_warns", "bad_list", "bad_null", "bad_bug", "bad_panic",
    "bad_recursive", "bad_held", "bad_preempt", "bad_page", "bad_vmbug", "bad_loop",
    "bad_stack", "bad_last")]


class Whole(unittest.TestCase):
    def test_good(self) -> None:
        judge = support.judged(support.log("good"), GOOD)
        self.assertEqual([o.status.value for o in judge.outcomes.values()],
                         ["passed", "skipped", "passed"])
        self.assertEqual(judge.outcomes[GOOD[1]].reason, "not on this kernel")
        self.assertEqual(judge.troubles, [])
        self.assertEqual(judge.version, "6.12.117")
        self.assertGreater(judge.kernel_seconds, 0)

    def test_reason_of_skipped_parameters(self) -> None:
        lines = [f"{line} # SKIP no {line[-1]}" if "param-" in line else line
                 for line in support.log("good")]
        lines = [f"{line} # SKIP" if line.endswith("ok 3 good_params") else line
                 for line in lines]
        judge = support.judged(lines, GOOD)
        self.assertEqual(judge.outcomes[GOOD[2]].reason, "no 0; no 1; no 2")

    def test_stops_at_the_first_report(self) -> None:
        judge = support.judged(support.log("mixed"), MIXED)
        self.assertEqual(len(judge.outcomes), 6)
        fails = judge.outcomes[("bad", "bad_fails")]
        self.assertEqual(fails.status, Status.FAILED)
        self.assertEqual(fails.reason, "EXPECTATION FAILED at mm/kunit/bad_kunit.c:17: "
                         "Expected 1 == 2, but")
        self.assertEqual(judge.outcomes[("bad", "bad_fine")].status, Status.PASSED)
        self.assertEqual(judge.outcomes[("bad", "bad_warns")].status, Status.FAILED)

    def test_reason_names_the_parameter(self) -> None:
        lines = []
        for line in support.log("good"):
            for end in ("ok 2 param-1", "ok 3 good_params", "ok 1 good"):
                if line.endswith(f" {end}"):
                    line = line[:-len(end)] + f"not {end}"
            if line.endswith("not ok 2 param-1"):
                stamp = line[:line.index("]") + 1]
                lines += [f"{stamp}     # good_params: EXPECTATION FAILED at x.c:1",
                          f"{stamp}     Expected a == b, but"]
            lines.append(line)
        judge = support.judged(lines, GOOD)
        self.assertEqual(judge.outcomes[GOOD[2]].reason,
                         "EXPECTATION FAILED at x.c:1: Expected a == b, but [param-1]")

    def test_reason_behind_much_that_is_said(self) -> None:
        """What is kept of a case ends somewhere, but not before it fails."""
        lines = []
        for line in support.log("good"):
            stamp = line[:line.find("]") + 1]
            if line.endswith("ok 2 param-1"):
                lines += [f"{stamp} Adding swap {number}" for number in range(1000)]
                lines += [f"{stamp}     # good_params: EXPECTATION FAILED at x.c:1",
                          f"{stamp}     Expected a == b, but"]
                lines += [f"{stamp} said {number}" for number in range(1000)]
            lines.append(line)
        lines = [line.replace("ok 3 good_params", "not ok 3 good_params") for line in lines]
        outcome = support.judged(lines, GOOD).outcomes[GOOD[2]]
        self.assertEqual(outcome.reason, "EXPECTATION FAILED at x.c:1: Expected a == b, but "
                         "[param-1]")
        self.assertLess(len(outcome.output), 500)

    def test_hang(self) -> None:
        judge = support.judged(support.log("hang"), [("bad", "bad_loop")],
                               Ending(How.HUNG, 0))
        outcome = support.only(judge)
        self.assertEqual(outcome.status, Status.HUNG)
        self.assertIn("10 s", outcome.reason)


class Broken(unittest.TestCase):
    """Logs that end, or differ, where they should not."""

    def test_missing_case(self) -> None:
        lines = [line for line in support.log("good") if "good_params" not in line]
        judge = support.judged(lines, GOOD)
        self.assertEqual(judge.outcomes[GOOD[2]].status, Status.MISSING)

    def test_truncated(self) -> None:
        lines = support.log("good")
        cut = next(i for i, line in enumerate(lines) if "good_skips" in line)
        judge = support.judged(lines[:cut], GOOD)
        self.assertEqual(judge.outcomes[GOOD[1]].status, Status.CRASHED)
        self.assertNotIn(GOOD[2], judge.outcomes)

    def test_culprit_inside_of_parameters(self) -> None:
        lines = support.log("good")
        cut = next(i for i, line in enumerate(lines) if "ok 2 param-1" in line)
        judge = support.judged(lines[:cut], GOOD, Ending(How.HUNG, 0))
        self.assertEqual(judge.outcomes[GOOD[2]].status, Status.HUNG)

    def test_wrong_count(self) -> None:
        judge = support.judged(support.log("good"), GOOD[:2])
        whats = [trouble.what for trouble in judge.troubles]
        self.assertIn("suite good announces 3 cases instead of 2", whats)
        self.assertIn("good.good_params ran, which the kernel did not list", whats)

    def test_nothing_at_all(self) -> None:
        judge = support.judged([], GOOD, Ending(How.EXITED, 1))
        self.assertEqual(judge.outcomes, {})
        self.assertIn("crashed before the first suite", judge.troubles[0].what)

    def test_bad_exit_status(self) -> None:
        lines = [line for line in support.log("good") if "reboot:" not in line]
        judge = support.judged(lines, GOOD, Ending(How.EXITED, -11))
        self.assertEqual(judge.troubles[0].what, "the kernel ended with signal 11")
        self.assertEqual(judge.notes, [])

    def test_bad_end_after_the_kernel_has_halted(self) -> None:
        for ending in (Ending(How.EXITED, -6), Ending(How.EXITED, 1), Ending(How.HUNG, 0)):
            with self.subTest(ending):
                judge = support.judged(support.log("good"), GOOD, ending)
                self.assertEqual(judge.troubles, [])
                self.assertIn("after it had halted", judge.notes[0])
                self.assertTrue(all(o.status.good for o in judge.outcomes.values()))

    def test_report_after_the_kernel_has_halted(self) -> None:
        lines = [*support.log("good"), Unattributed.WARNING]
        judge = support.judged(lines, GOOD, Ending(How.EXITED, -6))
        self.assertIn("after the last suite", judge.troubles[0].what)

    def test_halt_is_no_excuse_for_results_that_do_not_come(self) -> None:
        lines = support.log("good")
        cut = next(i for i, line in enumerate(lines) if "good_skips" in line)
        lines[cut:] = [line for line in lines[cut:] if "reboot:" in line]
        judge = support.judged(lines, GOOD, Ending(How.EXITED, -6))
        self.assertEqual(judge.outcomes[GOOD[1]].status, Status.CRASHED)
        self.assertEqual(judge.notes, [])

    def test_killed_by_the_host(self) -> None:
        lines = support.log("good")
        cut = next(i for i, line in enumerate(lines) if "good_skips" in line)
        judge = support.judged(lines[:cut], GOOD, Ending(How.EXITED, -9))
        self.assertTrue(judge.killed)
        self.assertEqual((list(judge.outcomes), judge.troubles), ([GOOD[0]], []))

    def test_suite_fails_outside_of_its_cases(self) -> None:
        lines = [line.replace("] ok 1 good", "] not ok 1 good")
                 if line.endswith("] ok 1 good") else line
                 for line in support.log("good")]
        judge = support.judged(lines, GOOD)
        self.assertIn("failed outside of its cases", judge.troubles[0].what)


class Unattributed(unittest.TestCase):
    """Reports between the cases belong to the run."""

    WARNING = "[    0.1] WARNING: CPU: 0 PID: 1 at mm/x.c:26 foo+0x29/0x30"

    def insert(self, before: str) -> list[str]:
        lines = support.log("good")
        at = next(i for i, line in enumerate(lines) if before in line)
        return [*lines[:at], self.WARNING, *lines[at:]]

    def test_while_booting(self) -> None:
        judge = support.judged(self.insert("KTAP version"), GOOD)
        self.assertEqual(len(judge.outcomes), 3)
        self.assertIn("while the kernel booted", judge.troubles[0].what)

    def test_suite_exit(self) -> None:
        judge = support.judged(self.insert("] ok 1 good"), GOOD)
        self.assertIn("after the last case of good", judge.troubles[0].what)

    def test_shutdown(self) -> None:
        judge = support.judged(self.insert("reboot:"), GOOD)
        self.assertIn("after the last suite", judge.troubles[0].what)

    def test_within_a_case(self) -> None:
        judge = support.judged(self.insert("ok 1 good_adds"), GOOD)
        self.assertEqual(judge.outcomes[GOOD[0]].status, Status.FAILED)
        self.assertEqual(judge.troubles, [])
