# SPDX-License-Identifier: GPL-2.0
"""Lines that have not run, and what is said of them."""

import unittest

from mmtestbed.errors import UsageError
from mmtestbed.figures import reached, results
from mmtestbed.model.repository import REPOSITORY
from mmtestbed.proof import judged

FUNCTION = {"file": "mm/memory.c", "name": "do_swap_page", "lines_run": [1, 2],
            "lines_not_run": [3, 4], "text_not_run": ["goto out;", "return 0;"]}
KINDS = judged.parse("== smp: it takes another CPU\nmm/memory.c:do_swap_page: goto out;\n", "x")


class Reached(unittest.TestCase):
    def setUp(self) -> None:
        self.record = {"line": "6.12", **reached.facts({"functions": [
            FUNCTION, {**FUNCTION, "name": "other"}]}, "x")}

    def test_facts(self) -> None:
        self.assertEqual(self.record["rows"], [
            {"file": "mm/memory.c", "function": "do_swap_page", "run": 2, "lines": 4,
             "text": ["goto out;", "return 0;"]}])
        with self.assertRaises(UsageError):
            reached.facts({"functions": [{**FUNCTION, "text_not_run": []}]}, "x")
        with self.assertRaises(UsageError):
            reached.facts({"functions": [{**FUNCTION, "name": "other"}]}, "x")

    def test_table(self) -> None:
        self.assertIn("mm/memory.c  do_swap_page()  2/4", reached.table([self.record]))

    def test_missed(self) -> None:
        self.assertEqual(reached.missed([self.record], KINDS), [
            "It takes another CPU (1)::", "",
            "    mm/memory.c:do_swap_page: goto out;  [6.12]", "",
            "Nobody has looked yet (1)::", "",
            "    mm/memory.c:do_swap_page: return 0;  [6.12]"])
        self.assertEqual(reached.unsaid(self.record, KINDS),
                         ["mm/memory.c:do_swap_page: return 0;"])


class Words(unittest.TestCase):
    """Documentation/not-reached.txt"""

    def test_each_line_has_one(self) -> None:
        kinds = reached.words(REPOSITORY)
        for name, record in results.read(REPOSITORY).items():
            if name.startswith("reached-"):
                with self.subTest(name):
                    self.assertEqual(reached.unsaid(record, kinds), [])
