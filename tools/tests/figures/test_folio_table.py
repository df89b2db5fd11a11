# SPDX-License-Identifier: GPL-2.0
"""The table of large folios is made from what the cases of a run have printed."""

import unittest
from typing import Any

from mmtestbed.errors import TestbedError
from mmtestbed.figures import folio_table
from mmtestbed.result import as_json

from tests.figures import test_results

ROW = "anon | moves | first page | 0/1/0 0/1/0 1/0/0 -"


def record(version: str, *rows: str) -> dict[str, Any]:
    return {"kernel_version": version, "rows": list(rows)}


def table(*records: dict[str, Any]) -> str:
    return "\n".join(folio_table.rst(records, lambda each: "then"))


class Table(unittest.TestCase):
    def test_neighbouring_orders_are_one_row(self) -> None:
        text = table(record("6.12", ROW))
        self.assertRegex(text, r"anon +moves +first page +2 to 3 +0 +1 +0\n")
        self.assertRegex(text, r"anon +moves +first page +4 +1 +0 +0\n")
        self.assertNotIn(" 5 ", text)

    def test_kernels_that_agree_share_a_table(self) -> None:
        self.assertEqual(table(record("6.12", ROW), record("7.3", ROW)).count("whole"), 1)
        self.assertEqual(table(record("6.12", ROW),
                               record("7.3", ROW.replace("1/0/0", "0/0/1"))).count("whole"), 2)

    def test_bad_row(self) -> None:
        for row in ("anon | moves", "anon | moves | whole | ", "anon | moves | whole | 1/0"):
            with self.subTest(row), self.assertRaisesRegex(TestbedError, "no row of the table"):
                table(record("6.12", row))


class Recorded(test_results.Repository):
    def rows_json(self, **more: Any) -> dict[str, Any]:
        return self.run_json(cases=[{"suite": "large_folio_table", "name": "x", "status": "passed",
                                     "rows": [ROW], **more}])

    def test_rows(self) -> None:
        self.assertEqual(self.make(self.rows_json())["rows-6.12"]["rows"], [ROW])

    def test_what_failed_is_not_recorded(self) -> None:
        self.refused(self.rows_json(status="failed"), "in which all cases")
        self.refused(self.rows_json(rows=[]), "in which all cases")

    def test_printed_rows_are_kept(self) -> None:
        output = ["    # large_folio_meets_its_fate: row: anon | moves", "    # x: nothing"]
        self.assertEqual(as_json.rows(output), ["anon | moves"])


if __name__ == "__main__":
    unittest.main()
