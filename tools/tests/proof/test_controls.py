# SPDX-License-Identifier: GPL-2.0
"""Tests of mmtestbed.proof.controls: headers, verdicts and tables."""

import tempfile
import unittest
from pathlib import Path

from mmtestbed.errors import TestbedError, UsageError
from mmtestbed.model.cases import Case
from mmtestbed.model.lines import LINES
from mmtestbed.model.outcomes import Name, Outcome, Results, Status, Trouble
from mmtestbed.proof import choice, controls
from mmtestbed.proof.controls import Kind
from mmtestbed.ui import tables

PATCH = """\
From: mm-testbed developers <mm-testbed@example.org>
Subject: [CONTROL] mm: forget the lock

Somebody forgets it.

Breaks: MW-2, ME-10
Lines: 6.12 7.x
---
--- a/mm/migrate.c
+++ b/mm/migrate.c
@@ -1,3 +1,2 @@
 one
-lock
 two
"""
RULE = """\
// SPDX-License-Identifier: GPL-2.0
// Subject: mm: forget the lock
//
// Somebody forgets it.
//
// Breaks: MW-2, ME-10
// Kills: s.mine: assertion, s.both: hang or report
// In: mm/migrate.c: f

@@
@@
- lock(x);
"""
# The same, made for two cases.
NAMED = PATCH.replace("Lines:", "Kills: s.mine, s.both\nLines:")


def control(text: str = PATCH, name: str = "mw-2-lock") -> controls.Control:
    """The control @text in a file called @name."""
    return controls.parse(Path("patches/controls") / f"{name}.patch", text)


def case(name: str, *contracts: str) -> Case:
    """A case of the suite "s"."""
    return Case("s", name, contracts, "", "mm/kunit/s_kunit.c", 1)


CASES: dict[Name, Case] = {("s", c.name): c for c in
                           (case("mine", "MW-2"), case("other", "SF-1"),
                            case("both", "ME-10", "SF-1"))}
NAMES = list(CASES)


def results(*outcomes: Outcome, troubles: tuple[str, ...] = ()) -> Results:
    """Results with all cases passed, but for @outcomes."""
    found = {name: Outcome(*name, Status.PASSED) for name in NAMES}
    found.update({o.key: o for o in outcomes})
    return Results(found, [Trouble(what) for what in troubles])


class Headers(unittest.TestCase):
    """What stands above the diff."""

    def test_fields(self) -> None:
        found = control()
        self.assertEqual(found.name, "mw-2-lock")
        self.assertEqual(found.subject, "mm: forget the lock")
        self.assertEqual(found.breaks, ("MW-2", "ME-10"))
        self.assertEqual(found.lines, ("6.12", "7.x"))

    def test_missing_field_is_named(self) -> None:
        for field in ("Subject", "Breaks", "Lines"):
            text = "\n".join(line for line in PATCH.splitlines()
                             if not line.startswith(field)) + "\n"
            with self.subTest(field=field), \
                    self.assertRaisesRegex(TestbedError, f"{field}:"):
                control(text)

    def test_field_in_the_diff_does_not_count(self) -> None:
        text = PATCH.replace("Breaks: MW-2, ME-10\n", "") + " Breaks: MW-2\n"
        with self.assertRaisesRegex(TestbedError, "Breaks:"):
            control(text)

    def test_named_cases(self) -> None:
        self.assertEqual(control().kills, ())
        self.assertEqual(control(NAMED).kills, (("s", "mine"), ("s", "both")))
        with self.assertRaisesRegex(TestbedError, "'mine' after Kills: is no case"):
            control(NAMED.replace("s.mine", "mine"))

    def test_no_diff(self) -> None:
        with self.assertRaisesRegex(TestbedError, "holds no diff"):
            control(PATCH[:PATCH.index("---")])

    def test_digest_follows_the_text(self) -> None:
        self.assertEqual(control().digest, control().digest)
        self.assertNotEqual(control().digest, control(PATCH + " three\n").digest)

    def test_header_makes_it_wide(self) -> None:
        self.assertFalse(control().wide)
        self.assertTrue(control(PATCH.replace("mm/migrate.c", "include/linux/mm.h")).wide)

    def test_read_sorts(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            for stem in ("b", "a"):
                (Path(name) / f"{stem}.patch").write_text(PATCH, encoding="utf-8")
            (Path(name) / "notes.txt").write_text("", encoding="utf-8")
            self.assertEqual([c.name for c in controls.read(Path(name))], ["a", "b"])


class SemanticPatches(unittest.TestCase):
    """Controls in the words of Coccinelle."""

    @staticmethod
    def parse(text: str) -> controls.Control:
        """The control with this @text."""
        return controls.parse(Path("patches/controls/MW-2/mw-2-lock.cocci"), text)

    def test_fields(self) -> None:
        found = self.parse(RULE)
        assert found.rule
        self.assertEqual((found.name, found.subject, found.breaks, found.lines),
                         ("mw-2-lock", "mm: forget the lock", ("MW-2", "ME-10"),
                          tuple(line.name for line in LINES)))
        self.assertEqual(found.kills, (("s", "mine"), ("s", "both")))
        self.assertEqual(found.how, (("assertion",), ("hang", "report")))
        self.assertEqual(found.files, ("mm/migrate.c",))
        self.assertFalse(found.wide)

    def test_kernels(self) -> None:
        found = self.parse(RULE.replace("// In:", "// Kernels: before 7.0: it is gone\n// In:"))
        self.assertEqual((found.lines[0], found.end), ("6.12", (7, 0)))
        self.assertNotIn("7.x", found.lines)
        found = self.parse(RULE.replace("// In:", "// Kernels: from 6.19: new\n// In:"))
        self.assertEqual((found.lines, found.first), (("7.x",), (6, 19)))
        with self.assertRaisesRegex(TestbedError, "Kernels: is not such as"):
            self.parse(RULE.replace("// In:", "// Kernels: before 7.0\n// In:"))

    def test_missing_field_is_named(self) -> None:
        for text, what in ((RULE.replace("// Kills", "// Killed"), "Kills: suite.case"),
                           (RULE.replace("// Breaks", "// Broke"), "Breaks: MW-2"),
                           (RULE.replace(": hang or report", ""), "'s.both' after Kills:"),
                           (RULE.replace("hang", "bang"), "none of assertion, report")):
            with self.subTest(what), self.assertRaisesRegex(TestbedError, what):
                self.parse(text)

    def test_read_finds_them_by_contract(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "MW-2").mkdir()
            (folder / "MW-2/b.cocci").write_text(RULE, encoding="utf-8")
            (folder / "a.patch").write_text(PATCH, encoding="utf-8")
            self.assertEqual([c.name for c in controls.read(folder)], ["a", "b"])
            (folder / "b.patch").write_text(PATCH, encoding="utf-8")
            with self.assertRaisesRegex(TestbedError, "b is there twice, as "
                                        "b.patch and as MW-2/b.cocci"):
                controls.read(folder)


class Selection(unittest.TestCase):
    """Which controls are run."""

    def setUp(self) -> None:
        self.all = [control(name="mw-a"), control(name="sf-b"),
                    control(PATCH.replace("6.12 7.x", "7.x"), "mw-new")]

    def names(self, *args: str) -> list[str]:
        """The names that are selected for line 6.12."""
        return [c.name for c in controls.select(self.all, "6.12", *args)]

    def test_line(self) -> None:
        self.assertEqual(self.names("", ""), ["mw-a", "sf-b"])

    def test_glob(self) -> None:
        self.assertEqual(self.names("mw-*", ""), ["mw-a"])

    def test_contract(self) -> None:
        self.assertEqual(self.names("", "ME-10"), ["mw-a", "sf-b"])
        with self.assertRaisesRegex(UsageError, "that breaks ME-1 "):
            self.names("", "ME-1")

    def test_none(self) -> None:
        with self.assertRaises(UsageError):
            self.names("nothing", "")


class Named(unittest.TestCase):
    """A control that names cases has to turn each of them red."""

    def judge(self, *bad: Outcome) -> controls.Verdict:
        """The verdict on the control with names."""
        return controls.judge(control(NAMED), CASES, NAMES, results(*bad))

    def test_all_are_red(self) -> None:
        verdict = self.judge(Outcome("s", "mine", Status.FAILED),
                             Outcome("s", "both", Status.CRASHED))
        self.assertIs(verdict.kind, Kind.KILLED)

    def test_one_is_not(self) -> None:
        for status in (Status.PASSED, Status.SKIPPED, Status.MISSING):
            with self.subTest(status=status):
                verdict = self.judge(Outcome("s", "mine", Status.FAILED),
                                     Outcome("s", "both", status))
                self.assertIs(verdict.kind, Kind.SPARED)
                self.assertEqual(verdict.why(), "s.both did not turn red")
                self.assertEqual(verdict.as_json(CASES)["spared"], ["s.both"])

    def test_none_is(self) -> None:
        self.assertIs(self.judge().kind, Kind.SURVIVED)

    def test_a_case_that_this_kernel_does_not_have(self) -> None:
        names = [("s", "mine"), ("s", "other")]
        verdict = controls.judge(control(NAMED), CASES, names,
                                 results(Outcome("s", "mine", Status.FAILED)))
        self.assertIs(verdict.kind, Kind.KILLED)

    def test_settled_once_they_have_run(self) -> None:
        text = NAMED.replace("MW-2, ME-10", "MW-2")
        red = {("s", "mine"): Outcome("s", "mine", Status.FAILED)}
        self.assertFalse(controls.settled(control(text), CASES, NAMES, red))
        red["s", "both"] = Outcome("s", "both", Status.PASSED)
        self.assertTrue(controls.settled(control(text), CASES, NAMES, red))


class Verdicts(unittest.TestCase):
    """What became of a control."""

    def judge(self, found: Results) -> controls.Verdict:
        """The verdict on the control above."""
        return controls.judge(control(), CASES, NAMES, found)

    def test_killed_by_a_case_of_its_contract(self) -> None:
        verdict = self.judge(results(
            Outcome("s", "mine", Status.FAILED, reason="EXPECTATION FAILED at x.c:1"),
            Outcome("s", "other", Status.FAILED)))
        self.assertIs(verdict.kind, Kind.KILLED)
        self.assertEqual([o.name for o in verdict.by], ["mine"])
        self.assertEqual([o.name for o in verdict.also], ["other"])
        self.assertEqual(verdict.reached, ("MW-2",))
        self.assertEqual(verdict.why(), "s.mine failed: EXPECTATION FAILED at x.c:1")

    def test_crash_and_hang_kill(self) -> None:
        for status in (Status.CRASHED, Status.HUNG):
            verdict = self.judge(results(Outcome("s", "both", status)))
            self.assertIs(verdict.kind, Kind.KILLED)
            self.assertEqual(verdict.reached, ("ME-10",))

    def test_case_that_did_not_run_kills_nothing(self) -> None:
        verdict = self.judge(results(Outcome("s", "mine", Status.MISSING)))
        self.assertIs(verdict.kind, Kind.ELSEWHERE)

    def test_skipped_case_kills_nothing(self) -> None:
        verdict = self.judge(results(Outcome("s", "mine", Status.SKIPPED)))
        self.assertIs(verdict.kind, Kind.SURVIVED)

    def test_killed_elsewhere_only(self) -> None:
        verdict = self.judge(results(Outcome("s", "other", Status.FAILED,
                                             reason="why")))
        self.assertIs(verdict.kind, Kind.ELSEWHERE)
        self.assertEqual(verdict.why(), "s.other failed: why")

    def test_trouble_that_no_case_is_to_blame_for(self) -> None:
        verdict = self.judge(results(troubles=("crashed before the first suite",)))
        self.assertIs(verdict.kind, Kind.ELSEWHERE)
        self.assertEqual(verdict.why(), "crashed before the first suite")

    def test_survived(self) -> None:
        verdict = self.judge(results())
        self.assertIs(verdict.kind, Kind.SURVIVED)
        self.assertEqual(verdict.why(), "no case of MW-2 ME-10 turns red")

    def test_cases_that_were_left_out_are_counted(self) -> None:
        found = results(Outcome("s", "mine", Status.HUNG))
        del found.outcomes[("s", "other")]
        self.assertEqual(self.judge(found).not_run, 1)

    def test_json(self) -> None:
        output = ["# mine: EXPECTATION FAILED at mm/kunit/a_kunit.c:12", "Oops"]
        data = self.judge(results(Outcome("s", "mine", Status.CRASHED, reason="r",
                                          output=output))).as_json(CASES)
        self.assertEqual(data["outcome"], "killed")
        self.assertEqual(data["killed_by"], [
            {"suite": "s", "name": "mine", "status": "crashed",
             "ways": ["report", "assertion"], "reason": "r",
             "asserted_at": "mm/kunit/a_kunit.c:12", "contracts": ["MW-2"]}])


class Worthwhile(unittest.TestCase):
    """When to boot once more after a crash or a hang."""

    def test_own_cases_always(self) -> None:
        found = Results({("s", str(n)): Outcome("s", str(n), Status.HUNG)
                         for n in range(9)})
        self.assertTrue(controls.worthwhile(control(), CASES, found,
                                            [("s", "other"), ("s", "mine")], 3))

    def test_others_up_to_the_limit(self) -> None:
        for bad, worth in ((2, True), (3, False)):
            found = Results({("s", str(n)): Outcome("s", str(n), Status.CRASHED)
                             for n in range(bad)})
            self.assertIs(controls.worthwhile(control(), CASES, found,
                                              [("s", "other")], 3), worth)


class Settled(unittest.TestCase):
    """When more results cannot say more."""

    def settled(self, *outcomes: Outcome) -> bool:
        """Whether @outcomes will do for the control of MW-2 and ME-10."""
        return controls.settled(control(), CASES, NAMES, {o.key: o for o in outcomes})

    def test_own_cases_have_run(self) -> None:
        mine = Outcome("s", "mine", Status.PASSED)
        self.assertFalse(self.settled(mine))
        self.assertTrue(self.settled(mine, Outcome("s", "both", Status.PASSED)))

    def test_each_contract_has_a_red_case(self) -> None:
        self.assertFalse(self.settled(Outcome("s", "mine", Status.FAILED)))
        one = controls.parse(Path("c/x.patch"), PATCH.replace("MW-2, ME-10", "ME-10"))
        cases = {**CASES, ("s", "more"): case("more", "ME-10")}
        for status, enough in ((Status.HUNG, True), (Status.MISSING, False),
                               (Status.PASSED, False)):
            self.assertIs(controls.settled(
                one, cases, list(cases),
                {("s", "more"): Outcome("s", "more", status)}), enough)


class Tables(unittest.TestCase):
    """What is printed."""

    def test_plain(self) -> None:
        self.assertEqual(tables.plain([["a", "b"], ["long", "x"]]),
                         ["a     b", "----  -", "long  x"])

    def test_cut(self) -> None:
        self.assertEqual(tables.plain([["a", "b"], ["x", "0123456789"]], 8)[2],
                         "x  01...")

    def test_rst(self) -> None:
        self.assertEqual(tables.rst([["a", "b"], ["x", "yy"]]),
                         ["=  ==", "a  b", "=  ==", "x  yy", "=  =="])

    def test_errors_come_last(self) -> None:
        good = controls.judge(control(name="z"), CASES, NAMES,
                              results(Outcome("s", "mine", Status.FAILED)))
        bad = controls.judge(control(name="a"), CASES, NAMES, results())
        self.assertEqual([row[0] for row in controls.summary([bad, good])],
                         ["control", "z", "a"])


if __name__ == "__main__":
    unittest.main()


class Chosen(unittest.TestCase):
    """What the words of mmt controls mean."""

    def setUp(self) -> None:
        self.all = [controls.parse(Path(f"patches/controls/{name}.patch"),
                                   f"Subject: x\nBreaks: {breaks}\nLines: 6.12\n"
                                   "--- a/mm/x.c\n+++ b/mm/x.c\n@@ -1 +1 @@\n-a\n+b\n")
                    for name, breaks in (("mv-2-a", "MV-2"), ("mv-2-b", "MV-2, MW-1"),
                                         ("mw-1-a", "MW-1"))]

    def names(self, *words: str, exclude: tuple[str, ...] = ()) -> str:
        return " ".join(control.name for control in choice.chosen(
            self.all, "6.12", words, exclude))

    def test_words(self) -> None:
        self.assertEqual(self.names(), "mv-2-a mv-2-b mw-1-a")
        self.assertEqual(self.names("MW-1"), "mv-2-b mw-1-a")
        self.assertEqual(self.names("*-a"), "mv-2-a mw-1-a")
        self.assertEqual(self.names("MW-1", "mv-2-a"), "mv-2-a mv-2-b mw-1-a")
        self.assertEqual(self.names(exclude=("MW-1",)), "mv-2-a")

    def test_nothing(self) -> None:
        for words, exclude in ((("MW-9",), ()), (("no",), ()), ((), ("no",)),
                               (("mw-1-a",), ("MW-1",))):
            with self.subTest((words, exclude)), self.assertRaises(UsageError):
                self.names(*words, exclude=exclude)
