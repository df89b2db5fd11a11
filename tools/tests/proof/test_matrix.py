# SPDX-License-Identifier: GPL-2.0
"""Tests of mmtestbed.proof.matrix: claims, states and problems."""

import tempfile
import unittest
from pathlib import Path
from typing import Any, Optional

from mmtestbed.kernel import provenance
from mmtestbed.model import cases as model_cases
from mmtestbed.model import configs, lines
from mmtestbed.model.cases import Case
from mmtestbed.proof import controls, matrix

CONTROL = """\
Subject: [CONTROL] mm: forget the lock

Breaks: MW-2
Lines: 6.12
---
--- a/mm/migrate.c
+++ b/mm/migrate.c
@@ -1 +0,0 @@
-lock
"""


class Claims(unittest.TestCase):
    """Which contracts the README claims."""

    def test_simple_table(self) -> None:
        self.assertEqual(matrix.claims("""\
========  =======  ======
contract  claimed  what
========  =======  ======
ME-1      yes      yesterday's entry
ME-2      no       an eye for yes-men
ME-10     yes
========  =======  ======
"""), {"ME-1", "ME-10"})

    def test_grid_table(self) -> None:
        self.assertEqual(matrix.claims("| MW-2 | yes | x |\n| MW-3 | no | x |\n"),
                         {"MW-2"})

    def test_list_table(self) -> None:
        self.assertEqual(matrix.claims("   * - SF-1\n".lstrip() + "     - yes\n"
                                       "* - SF-2\n  - no\n\n* - SF-3\n  - x\n"
                                       "  - yes\n"), {"SF-1", "SF-3"})

    def test_prose_claims_nothing(self) -> None:
        self.assertEqual(matrix.claims("Is MW-2 proven? yes\n"), set())


class Matrix(unittest.TestCase):
    """The facts of a small repository."""

    def setUp(self) -> None:
        tmp = tempfile.TemporaryDirectory()
        self.addCleanup(tmp.cleanup)
        self.root = Path(tmp.name)
        for folder in ("Documentation", "mm/kunit", "patches/um"):
            (self.root / folder).mkdir(parents=True)
        self.write("Documentation/contracts.rst", "MW-2\n  One.\n\nMW-3\n  Two.\n")
        self.write("README.rst", "MW-2  yes\nMW-3  no\n")
        self.write("mm/kunit/a.c", "int x;\n")
        self.case = Case("s", "c", ("MW-2",), "", "a.c", 1)
        self.control = controls.parse(Path("patches/controls/lock.patch"), CONTROL)

    def write(self, name: str, text: str) -> None:
        """Write a file of the repository."""
        (self.root / name).write_text(text, encoding="utf-8")

    def facts(self, results: Optional[dict[str, dict[str, Any]]] = None, cases: "tuple[Case, ...] | None" = None,
              with_control: bool = True) -> matrix.Facts:
        """The facts, with one case and one control unless told otherwise."""
        return matrix.Facts.gather(
            self.root, lines.DEFAULT, configs.PLAIN, (self.case,) if cases is None else cases,
            [self.control] if with_control else [], results or {})

    def results(self, reached: list[str]) -> dict[str, dict[str, Any]]:
        """What a run leaves in which a case of @reached has killed the control."""
        return {"lock": {"name": "lock", "digest": self.control.digest,
                         "inputs": provenance.inputs(self.root, lines.DEFAULT,
                                                     configs.PLAIN),
                         "contracts_reached": reached, "killed_by": [],
                         "also_failed": []}}

    def test_states(self) -> None:
        self.assertEqual(self.facts().state("MW-2"), "not run")
        self.assertEqual(self.facts().state("MW-3"), "no case")
        self.assertEqual(self.facts(with_control=False).state("MW-2"), "no control")
        self.assertEqual(self.facts(self.results(["MW-2"])).state("MW-2"), "proven")
        self.assertEqual(self.facts(self.results([])).state("MW-2"), "not proven")

    def test_measured(self) -> None:
        case = Case("s", "c", (), "", "a.c", 1, measures=("MW-3",))
        facts = self.facts(cases=(case, self.case))
        self.assertEqual(facts.state("MW-3"), "measured")
        self.assertIn(["MW-3", "measured", "0", "0", "-"], facts.covered())
        self.assertIn("1 measured", facts.closing_line([]))

    def test_results_of_another_control_do_not_count(self) -> None:
        old = self.results(["MW-2"])
        old["lock"]["digest"] = "0"
        self.assertEqual(self.facts(old).state("MW-2"), "not run")

    def test_results_of_other_suites_do_not_count(self) -> None:
        old = self.results(["MW-2"])
        self.write("mm/kunit/a.c", "int y;\n")
        self.assertEqual(self.facts(old).state("MW-2"), "not run")

    def test_rows(self) -> None:
        self.assertEqual(self.facts(self.results(["MW-2"])).rows()[1:],
                         [["MW-2", "yes", "1", "1", "1", "proven"],
                          ["MW-3", "no", "0", "0", "-", "no case"]])

    def test_covered(self) -> None:
        self.assertEqual([row[:2] for row in self.facts().covered()[1:]],
                         [["MW-2", "not run"], ["MW-3", "no"]])
        self.assertEqual(self.facts(self.results(["MW-2"])).covered()[1],
                         ["MW-2", "yes", "1", "1", "1"])

    def test_no_problem(self) -> None:
        facts = self.facts()
        self.assertEqual(facts.problems(), [])
        self.assertTrue(facts.closing_line([]).startswith("PASS: 2 contracts, 1 "))

    def test_claim_without_case_or_control(self) -> None:
        self.write("README.rst", "MW-3  yes\n")
        self.assertEqual(self.facts().problems(),
                         ["README.rst claims MW-3, which no case asserts",
                          "README.rst claims MW-3, which no control breaks"])

    def test_unknown_ids(self) -> None:
        self.write("README.rst", "ZZ-1  yes\n")
        self.write("Documentation/contracts.rst", "MW-3\n  Two.\n")
        self.assertEqual(len(self.facts().problems()), 3)

    def test_control_of_another_line(self) -> None:
        self.control = controls.parse(Path("patches/controls/lock.patch"),
                                      CONTROL.replace("6.12", "7.x"))
        facts = self.facts()
        self.assertEqual((facts.state("MW-2"), facts.problems()), ("other kernels", []))
        self.assertIn("1 other kernels", facts.closing_line([]))

    def test_of_this_repository(self) -> None:
        """What README.rst claims is broken by a control, for whatever kernels it is."""
        top = Path(__file__).resolve().parents[3]
        for line in lines.LINES:
            with self.subTest(line.name):
                facts = matrix.Facts.gather(
                    top, line, configs.PLAIN, model_cases.read(top / "mm/kunit"),
                    controls.read(top / "patches/controls"), {})
                self.assertEqual(facts.problems(), [])


if __name__ == "__main__":
    unittest.main()
