# SPDX-License-Identifier: GPL-2.0
"""The judgement of mutants."""

import unittest

from mmtestbed.errors import TestbedError
from mmtestbed.figures import mutants
from mmtestbed.proof import judged
from mmtestbed.proof.mutation import Fate, Mutant, State

TEXT = """\
# What we know
== uml: it does nothing here
...: delete: flush_...(...)

== value: nobody looks
mm/a.c:f: constant: 0 -> + 1
"""


def mutant(op: str, before: str, after: str = "", function: str = "f") -> Mutant:
    return Mutant(1, "mm/a.c", function, 7, op, before, after)


class Judged(unittest.TestCase):
    def setUp(self) -> None:
        self.kinds = judged.parse(TEXT, "x")

    def kind(self, one: Mutant) -> str:
        found = judged.kind_of(one, self.kinds)
        return found.name if found else ""

    def test_rules(self) -> None:
        self.assertEqual(self.kind(mutant("delete", "flush_tlb_page(vma, addr[0])")), "uml")
        self.assertEqual(self.kind(mutant("delete", "not_flush(x)")), "")
        self.assertEqual(self.kind(mutant("constant", "0", "+ 1")), "value")
        self.assertEqual(self.kind(mutant("constant", "0", "+ 1", "g")), "")

    def test_all_of_the_text(self) -> None:
        self.assertEqual(self.kind(mutant("constant", "0", "+ 1 2")), "")

    def test_a_line_that_is_none(self) -> None:
        for text in ("mm/a.c:f: delete: x\n", "== uml: why\nmm/a.c:f\n"):
            with self.assertRaises(TestbedError):
                judged.parse(text, "x")

    def test_unused(self) -> None:
        self.assertEqual(judged.unused(self.kinds, [mutant("constant", "0", "+ 1")]),
                         ["...: delete: flush_...(...)"])

    def test_tables(self) -> None:
        found = mutants.facts([
            Fate(mutant("delete", "flush_it()"), State.SURVIVED),
            Fate(mutant("delete", "i++"), State.SURVIVED),
            Fate(mutant("delete", "j++"), State.KILLED)], self.kinds)
        record = {**found, "line": "6.12", "kernel_version": "6.12.1"}
        self.assertIn("6.12  mm/a.c  3        3     3        1       1           50 %",
                      mutants.table([record]))
        self.assertIn("it does nothing here  1", mutants.reasons([record], self.kinds))
        self.assertEqual(mutants.lives([record]),
                         ["Linux 6.12.1::", "", "    mm/a.c:f: delete: i++"])
