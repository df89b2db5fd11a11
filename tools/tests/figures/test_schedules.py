# SPDX-License-Identifier: GPL-2.0
"""Records of mmt explore."""

import json
from typing import Any

from mmtestbed.errors import UsageError
from mmtestbed.figures import figure_texts, results
from mmtestbed.figures.results import Record, Sources

from tests.figures import test_results

PROGRAM: dict[str, Any] = {"program": "moving:read+end", "points": 19, "complete": True, "seed": None,
           "levels": [{"switches": 0, "schedules": 2, "done": 2, "run": 2},
                      {"switches": 1, "schedules": 33, "done": 33, "run": 20}],
           "given_up": {"0": 0, "1": 4}, "ends": [{"done": 3, "state": "a", "schedules": 35}],
           "bad": [], "verdict": "good", "seconds": 0.5, "cpu_seconds": 0.07}
HUNT: dict[str, Any] = {"control": "mw-3-x", "found": True, "program": "moving:read+end", "switches": 1,
        "schedules": 12, "seconds": 0.4, "why": "hangs: task 0", "id": "x"}


class Schedules(test_results.Repository):
    def recorded(self, **more: Any) -> dict[str, Record]:
        path = self.tmp / "out.json"
        path.write_text(json.dumps(self.head(**{
            "switches": 1, "points": "locks and references", **more})), encoding="utf-8")
        return results.make(path, Sources.read(self.tmp), False)

    def book(self, found: dict[str, Record]) -> figure_texts.Book:
        return figure_texts.Book(Sources.read(self.tmp), found, ["MW-2"])

    def test_programs(self) -> None:
        found = self.recorded(programs=[PROGRAM])
        self.assertEqual(list(found), ["schedules-6.12-1"])
        row = found["schedules-6.12-1"]["rows"][0]
        self.assertEqual((row["done"], row["total"], row["ends"], row["given_up"]),
                         (35, 35, 1, 4))
        text = "\n".join(figure_texts.explored(self.book(found)))
        self.assertIn("All 35 schedules of 1 program; 22 of them were run, which took 0 s", text.replace("\n", " "))
        self.assertRegex(text, r"moving:read\+end +19 +35 +22 +100 % +1 +4 +0\.5")

    def test_many_programs(self) -> None:
        many = [{**PROGRAM, "program": f"{state}:read+{'x' * number}", "points": number}
                for state in ("none", "mapped") for number in range(1, 41)]
        text = "\n".join(figure_texts.explored(self.book(self.recorded(programs=many))))
        self.assertRegex(text, r"none:\*\+\* +40 +1,400 +880 +100 % +40 +160 +20\.0")
        self.assertNotIn("none:read", text)

    def test_triples(self) -> None:
        found = self.recorded(programs=[{**PROGRAM, "program": "moving:read+write+end"}])
        self.assertEqual(list(found), ["schedules-6.12-1-triples"])

    def test_a_part(self) -> None:
        part = {**PROGRAM, "levels": [{"switches": 0, "schedules": 40, "done": 10, "run": 10}]}
        text = " ".join(figure_texts.explored(self.book(self.recorded(programs=[part]))))
        self.assertIn("10 of 40 schedules", text)
        self.assertIn(" 25 % ", text)

    def test_a_shard(self) -> None:
        text = " ".join(figure_texts.explored(self.book(self.recorded(
            programs=[PROGRAM], shard={"index": 1, "of": 20, "total": 1709, "list": "x"}))))
        self.assertIn("of 1 program, one of many parts of 1,709 programs that were dealt out;",
                      text)

    def test_aside(self) -> None:
        found = self.recorded(hunts=[HUNT], points="locks and accesses, inside spinlocks as well")
        self.assertEqual(list(found), ["hunts-6.12-1-aside"])

    def test_a_bad_one_is_not_recorded(self) -> None:
        wrong: tuple[dict[str, Any], ...] = (
            {"programs": [{**PROGRAM, "bad": [{"id": "x"}]}]}, {"programs": []}, {"hunts": []})
        for more in wrong:
            with self.subTest(more), self.assertRaises(UsageError):
                self.recorded(**more)

    def test_hunts(self) -> None:
        missed = {**HUNT, "control": "mw-3-y", "found": False, "program": "", "why": ""}
        found = self.recorded(hunts=[HUNT, missed])
        text = "\n".join(figure_texts.hunted(self.book(found)))
        self.assertIn("1 of 2 controls were found", text.replace("\n", " "))
        self.assertRegex(text, r"mw-3-x +moving:read\+end +1 +12 +0\.4 +hangs: task 0")
        self.assertRegex(text, r"mw-3-y +not found +\\- ")

    def test_nothing_is_recorded(self) -> None:
        self.assertEqual(figure_texts.explored(self.book({})), ["No exploration is recorded."])
        self.assertEqual(figure_texts.hunted(self.book({})), ["No hunt is recorded."])
