# SPDX-License-Identifier: GPL-2.0
"""The table of device pages is made from what the cases of runs have printed."""

import unittest
from typing import Any

from mmtestbed.errors import TestbedError
from mmtestbed.figures import page_counts

from tests.figures import test_results

ROW = "GENERIC | 1 | yes | 2 | 1 | 1 | 1"


def record(*groups: str, rows: "tuple[str, ...]" = (ROW,)) -> dict[str, Any]:
    return {"kernel_version": "7.3.4", "groups": list(groups), "rows": list(rows)}


class Table(unittest.TestCase):
    def test_before_and_after_stand_together(self) -> None:
        lines = page_counts.rst(
            [record(rows=(ROW, "PRIVATE | 0 | no | 1 | 0 | 0 | 1")),
             record("idea", rows=("GENERIC | 0 | no | 1 | 0 | 0 | 1",))], lambda each: "then")
        self.assertEqual(lines[:2], ["* Linux 7.3.4, as it is (then)",
                                     "* Linux 7.3.4, with idea (then)"])
        rows = [line.split() for line in lines if line.startswith(("GENERIC", "PRIVATE"))]
        self.assertEqual([row[:5] for row in rows], [
            ["GENERIC", "7.3.4", "-", "1", "yes"], ["GENERIC", "7.3.4", "idea", "0", "no"],
            ["PRIVATE", "7.3.4", "-", "0", "no"]])

    def test_nothing_recorded(self) -> None:
        self.assertEqual(page_counts.rst([], lambda each: ""), ["No run is recorded."])

    def test_bad_row(self) -> None:
        with self.assertRaisesRegex(TestbedError, "no row of the table"):
            page_counts.rst([record(rows=("GENERIC | 1",))], lambda each: "")


class Recorded(test_results.Repository):
    def test_by_group(self) -> None:
        """What is proposed, and went in, is part of the name."""
        self.write("patches/idea/proposal", "")
        applied = [{"patch": "um/x", "variant": "", "how": "exactly"},
                   {"patch": "idea/a", "variant": "", "how": "exactly"}]
        case = {"suite": "zone_device_count", "name": "x", "status": "passed", "rows": [ROW]}
        found = self.make(self.run_json(cases=[case], applied=applied))
        self.assertEqual(found["counts-6.12-idea"]["groups"], ["idea"])
        self.assertEqual(found["counts-6.12-idea"]["rows"], [ROW])
        applied[1]["how"] = "not needed"
        found = self.make(self.run_json(cases=[case], applied=applied))
        self.assertEqual(found["counts-6.12"]["groups"], [])
