# SPDX-License-Identifier: GPL-2.0
"""Coverage and schedules on the page."""

import html
from pathlib import Path
from typing import Any

from mmtestbed.page import covered, schedules
from mmtestbed.page.material import Material, Shelf

from tests.page.test_page import PageCase, run_of

_HEAD = {key: run_of("6.12.1", 1)[key] for key in ("testbed", "kernel_version", "line")}
_HOSTILE = "<b>x</b>"


def function(name: str, file: str, ran: list[int], left: list[int]) -> dict[str, Any]:
    """One of the JSON of coverage."""
    return {"file": file, "name": name, "start_line": 1, "lines_run": ran,
            "lines_not_run": left, "branches_taken": len(ran), "branches": 10}


COVERED: dict[str, Any] = {**_HEAD, "schema": 1, "variant": "gcov", "functions": [
    function("f", "mm/a.c", [1, 2, 3], [5, 6, 7, 9]), function("g", "mm/a.c", [], [11]),
    function("h", "mm/b.c", [1, 2], [])]}
EXPLORED: dict[str, Any] = {
    **_HEAD, "schema": 1, "variant": "plain", "switches": 2, "points": "locks and references",
    "programs": [
        {"program": "moving:read+end", "points": 40, "bad": [], "verdict": "good",
         "seconds": 1.25, "ends": [{}, {}],
         "levels": [{"schedules": 2, "done": 2}, {"schedules": 80, "done": 70}]},
        {"program": "mapped:write+fork", "points": 30, "verdict": "BAD", "seconds": 2.0,
         "ends": [{}], "levels": [{"schedules": 2, "done": 1}],
         "bad": [{"id": "mapped:write+fork/10/7>0/12>1=0123ab", "why": f"leaks {_HOSTILE}",
                  "end": ""}]}]}


class PartCase(PageCase):
    def says(self, text: str, what: str) -> None:
        """The page @text says @what, which is not shown with all of it if it does not."""
        self.assertTrue(what in html.unescape(text), what)


class Coverage(PartCase):
    def test_figures(self) -> None:
        _, page = self.page(self.put("c.json", COVERED))
        self.assertEqual(page.tables["t-coverage-6.12.1-gcov"][1:], [
            ["mm/a.c", "1 of 2", "3 of 8", "38 %", "3 of 20", "15 %"],
            ["mm/b.c", "1 of 1", "2 of 2", "100 %", "2 of 10", "20 %"],
            ["all", "2 of 3", "5 of 10", "50 %", "5 of 30", "17 %"]])
        self.assertEqual(page.tables["t-not-covered-6.12.1-gcov"][1:], [
            ["f", "mm/a.c", "3 of 7", "43 %", "5-7 9"],
            ["g", "mm/a.c", "0 of 1", "0 %", "never entered"]])

    def test_missing_is_said(self) -> None:
        text, _ = self.page(self.put("run.json", run_of("6.12.1", 1)))
        self.says(text, "No such run was given: scripts/run.sh --variant gcov")
        self.says(text, "No such run was given: mmt explore --json FILE")

    def test_old_is_said(self) -> None:
        """A file that does not say what it is of is of no suites that there are."""
        old = {key: value for key, value in COVERED.items() if key != "testbed"}
        text, _ = self.page(self.put("c.json", old))
        self.says(text, "commit unknown, unknown date, other suites than today's")
        now = covered.part(Shelf([Material("coverage", Path("x"), COVERED)], "now"))
        self.assertNotIn("other suites", now)
        self.assertIn("commit 01234567, 2026-01-02", now)


class Schedules(PartCase):
    def test_figures(self) -> None:
        text, page = self.page(self.put("e.json", EXPLORED))
        self.assertEqual(page.tables["t-explored-6.12.1-plain-2"][1:], [
            ["moving:read+end", "40", "72 of 82", "2", "1.2", "good"],
            ["mapped:write+fork", "30", "1 of 2", "1", "2.0", "BAD"]])
        self.says(text, "at most 2 switches at locks and references")
        self.assertFalse(_HOSTILE in text)

    def test_lanes_of_a_bad_one(self) -> None:
        """Task 1 begins, gives way behind point 7, and goes on behind point 12."""
        _, page = self.page(self.put("e.json", EXPLORED))
        [lanes] = [rows for rows in page.tables.values() if rows[0][0] == "task 0: write"]
        self.assertEqual(lanes, [["task 0: write", "task 1: fork"],
                                 ["", "points 0 to 7, then task 0"],
                                 ["points 8 to 12, then task 1", ""],
                                 ["", "points 13 to its end"], ["to its end", ""]])

    def test_lanes_of_a_replay(self) -> None:
        points = [{"number": number, "task": task, "to": to, "what": "takes", "lock": "ptl",
                   "place": f"f mm/x.c:{number}"} for number, task, to in (
                       *((number, 0, 1 if number == 9 else None) for number in range(10)),
                       (10, 1, None))]
        value = {**EXPLORED, "replay": {"id": "moving:read+end/01/9>1", "ops": ["read", "end"],
                                        "why": "", "end": "x", "points": points}}
        del value["programs"]
        text, page = self.page(self.put("r.json", value))
        [lanes] = [rows for rows in page.tables.values() if rows[0][0] == "task 0: read"]
        self.assertEqual(lanes[1], ["0 takes ptl: f mm/x.c:0", ""])
        self.assertEqual(lanes[4], ["... 4 points", ""])
        self.assertEqual(lanes[7:], [["9 takes ptl: f mm/x.c:9  \u2192 task 1", ""],
                                     ["", "10 takes ptl: f mm/x.c:10"]])
        self.says(text, "good; ends with x")

    def test_hunts(self) -> None:
        value = {**EXPLORED, "hunts": [
            {"control": "a", "found": True, "program": "moving:read+end", "switches": 1,
             "schedules": 17, "why": "leaks", "id": "moving:read+end/01/9>1=aaaaaa"},
            {"control": "b", "found": False, "program": "", "switches": 2, "schedules": 99,
             "why": "", "id": ""}]}
        del value["programs"]
        _, page = self.page(self.put("h.json", value))
        self.assertEqual(page.tables["t-hunts-6.12.1-plain-2"][1:], [
            ["a", "found", "moving:read+end", "1", "17", "leaks"],
            ["b", "not found", "none", "2", "99", ""]])
        self.assertEqual(len([rows for rows in page.tables.values()
                              if rows[0][0] == "task 0: read"]), 1)

    def test_old_is_said(self) -> None:
        old = {**EXPLORED, "testbed": {**EXPLORED["testbed"], "suites": "then"}}
        text, _ = self.page(self.put("e.json", old))
        self.says(text, "2026-01-02, other suites than today's")

    def test_no_id(self) -> None:
        self.assertIn("is no id of a schedule", schedules.of_id("<b>"))
        self.assertNotIn("<b>", schedules.of_id("<b>"))
