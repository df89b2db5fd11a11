# SPDX-License-Identifier: GPL-2.0
"""Bisections, as records and as text."""

from typing import Any

from mmtestbed.errors import TestbedError, UsageError
from mmtestbed.figures import bisections
from mmtestbed.ui import tables

from tests import support


def found(**more: Any) -> dict[str, Any]:
    """What mmt bisect writes."""
    def step(version: str, verdict: str, why: str = "") -> dict[str, Any]:
        return {"commit": version * 8, "subject": f"Linux {version}", "verdict": verdict,
                "why": why, "flaky": [], "failures": [], "version": version,
                "seconds": {"checkout": 10.4, "build": 60.0, "boots": 1.0}}

    return {"schema": 1, "testbed": {"commit": "a" * 40, "changed": False,
                                     "date": "2026-11-30"},
            "first_bad": None, "first_fixed": "6.19" * 8, "candidates": [],
            "request": {"good": "/home/me/linux"}, "evidence": ["one.hangs"],
            "contracts": ["MV-5"], "steps": [
                step("6.12", "bad", "one.hangs (MV-5)"), step("7.0", "good"),
                step("6.18", "bad", "one.hangs (MV-5)"), step("6.19", "good")], **more}


class Bisections(support.TempCase):
    def kept(self, data: Any) -> bisections.Record:
        """The record of @data."""
        bisections.keep(self.tmp, data, "x.json")
        [record] = bisections.read(self.tmp)
        return record

    def test_where_it_was_mended(self) -> None:
        record = self.kept(found())
        self.assertEqual(bisections.text(record), (
            "``one.hangs`` (MV-5), from Linux 6.12 to Linux 7.0, without ``patches/fixes``: "
            "mended in **Linux 6.19**, after 4 steps, 5 min (commit aaaaaaaa, 2026-11-30)."))
        self.assertEqual(bisections.rows(record)[1:3], [
            ["1", "Linux 6.12", "bad", "10 s", "60 s", "1 s", "one.hangs (MV-5)"],
            ["2", "Linux 7.0", "good", "10 s", "60 s", "1 s", "nothing"]])
        [(_, table)] = bisections.rst([record])
        self.assertEqual(table, tables.rst(bisections.rows(record)))
        file = self.tmp / bisections.FOLDER / "fixed-hangs.json"
        self.assertNotIn("/home", file.read_text(encoding="utf-8"))

    def test_where_it_came_in(self) -> None:
        """The bad one, which is judged first, is the newer one."""
        data = found(first_bad="6.18" * 8, first_fixed=None, request={"fixes": False})
        data["steps"] = [data["steps"][number] for number in (1, 0, 2, 3)]
        self.assertIn("from Linux 6.12 to Linux 7.0, without ``patches/fixes``: broken in "
                      "**Linux 6.18**", bisections.text(self.kept(data)))
        data["request"] = {}
        self.assertIn("to Linux 7.0: broken in", bisections.text(self.kept(data)))

    def test_what_is_no_record(self) -> None:
        for data, why in ((found(testbed={"commit": "", "changed": False}), "is of no commit"),
                          (found(testbed={"commit": "1", "changed": True}), "is of no commit"),
                          (found(first_fixed=None), "has found the commit"),
                          (found(evidence=[]), "has found the commit"),
                          (found(steps=[]), "is no JSON of mmt bisect"),
                          ({}, "is no JSON of mmt bisect")):
            with self.subTest(why), self.assertRaisesRegex(UsageError, why):
                bisections.keep(self.tmp, data, "x.json")
        self.write(f"{bisections.FOLDER}/x.json", '{"schema": 2}')
        with self.assertRaisesRegex(TestbedError, "x.json is no record of schema 1"):
            bisections.read(self.tmp)
