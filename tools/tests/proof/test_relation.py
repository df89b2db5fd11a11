# SPDX-License-Identifier: GPL-2.0
"""Tests of proof.relation: which case notices which bug."""

import unittest
from pathlib import Path
from typing import Any

from mmtestbed.errors import UsageError
from mmtestbed.model.cases import Case
from mmtestbed.proof import controls, relation
from mmtestbed.proof.relation import Relation

RULE = """\
// Subject: mm: forget {name}
//
// Breaks: MW-2
// Kills: s.mine: assertion
// In: mm/a.c: f

@@
@@
- {name}();
"""


def control(name: str) -> controls.Control:
    """A control."""
    return controls.parse(Path(f"patches/controls/MW-2/{name}.cocci"),
                          RULE.format(name=name))


def entry(name: str, mine: tuple[str, ...], others: tuple[str, ...] = (),
          status: str = "failed") -> dict[str, Any]:
    """What became of the control @name: which cases have noticed it."""
    found = [[{"suite": "s", "name": case, "status": status, "ways": ["assertion"],
               "reason": "x is 2", "contracts": []} for case in group]
             for group in (mine, others)]
    return {"name": name, "digest": control(name).digest, "killed_by": found[0],
            "also_failed": found[1]}


ALL = [control(name) for name in ("a", "b", "c", "d")]
RESULTS = {"a": entry("a", ("mine",)), "b": entry("b", ("mine", "other"), ("third",)),
           "c": entry("c", ()), "gone": entry("gone", ("mine",))}


class Relations(unittest.TestCase):
    """What can be read from the results."""

    def setUp(self) -> None:
        self.found = Relation.of(RESULTS, ALL)

    def test_by(self) -> None:
        self.assertEqual(self.found.by("s.mine"), ["a", "b"])
        self.assertEqual(self.found.only("s.mine"), ["a"])
        self.assertEqual(self.found.only("s.other"), [])
        self.assertEqual(self.found.nobody(), ["c"])
        self.assertEqual(self.found.worth(), {"s.mine": 2, "s.other": 1, "s.third": 1})

    def test_results_of_another_control_do_not_count(self) -> None:
        old = {"a": {**RESULTS["a"], "digest": "0"}}
        self.assertEqual(Relation.of(old, ALL).by("s.mine"), [])

    def test_case_that_did_not_run_notices_nothing(self) -> None:
        found = Relation.of({"a": entry("a", (), ("mine",), "missing")}, ALL)
        self.assertEqual(found.by("s.mine"), [])

    def test_why(self) -> None:
        case = Case("s", "mine", ("MW-2",), "", "mm/kunit/s_kunit.c", 1)
        self.assertEqual(self.found.why(case), [
            "s.mine notices 2 of 3 bugs, 1 of them alone:",
            "  a (alone): mm: forget a: assertion x is 2",
            "  b (beside 2 others): mm: forget b: assertion x is 2",
            "  not c, which names it",
            "nobody notices c: mm: forget c"])
        self.assertIn("no control has run", Relation.of({}, ALL).why(case)[0])

    def test_case_of(self) -> None:
        known = [Case("s", "mine", (), "", "", 1), Case("t", "mine", (), "", "", 1)]
        self.assertIs(relation.case_of("t.mine", known), known[1])
        for name in ("mine", "s.other"):
            with self.assertRaises(UsageError):
                relation.case_of(name, known)
