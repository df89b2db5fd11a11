# SPDX-License-Identifier: GPL-2.0
"""mmt explore on the real kernel: all pairs with one switch, and one schedule again."""

import json
from typing import Any

from mmtestbed.explore import program

from tests.e2e import support
from tests.e2e.support import REAL, TOP

MMT = TOP / "scripts" / "mmt"
ONE = "moving:read+end"
BUG = "mw-3-ptl-dropped-before-queue-lock"


class Explored(support.RunCase):
    def explore(self, *words: str) -> dict[str, Any]:
        out = self.tmp / "out.json"
        self.expect(0, REAL.call("explore", *words, "--json", str(out), script=MMT),
                    "PASS: ")
        found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
        return found


class Explorer(Explored):
    def test_twice_the_same(self) -> None:
        first, second = (self.explore(ONE, "--switches", "2")["programs"] for _ in "12")
        for each in (*first, *second):
            del each["seconds"], each["cpu_seconds"]
        self.assertEqual(first, second)
        self.assertGreater(first[0]["levels"][2]["done"], 100)


class Pairs(Explored):
    def test_all_pairs_with_one_switch(self) -> None:
        found = self.explore("--accesses", "XP-1")["programs"]
        self.assertEqual([each["program"] for each in found], list(map(str, program.pairs())))
        for each in found:
            with self.subTest(each["program"]):
                self.assertTrue(each["complete"])
                self.assertEqual((each["verdict"], each["bad"]), ("good", []))
                self.assertEqual(sum(end["schedules"] for end in each["ends"]),
                                 sum(level["run"] for level in each["levels"]))
        # An unlock of a folio is seen, which is in assembler.
        points = {each["program"]: each["points"] for each in found}
        self.assertGreater(points[ONE], 15)


class Built(Explored):
    """What takes a kernel of its own, and so more time."""

    def test_1_replay(self) -> None:
        text = self.expect(0, REAL.call("explore", "--replay", f"{ONE}/01/5>1", script=MMT),
                           "task 0: read", "task 1: end", "==> task 1")
        id_ = next(line.partition(": good")[0] for line in text.splitlines()
                   if line.startswith(f"{ONE}/01/5>1="))
        self.expect(0, REAL.call("explore", "--replay", id_, script=MMT),
                    "its console is the same, byte for byte")
        # With the lines of the source.
        self.assertRegex(text, r"mm/\w+\.c:\d+")

    def test_2_a_bad_one(self) -> None:
        words = ("--control", BUG)
        out = self.tmp / "out.json"
        self.expect(0, REAL.call("explore", *words, ONE, "--json", str(out), script=MMT),
                    BUG, ONE)
        row, = json.loads(out.read_text(encoding="utf-8"))["hunts"]
        self.assertEqual((row["found"], row["program"], row["switches"]), (True, ONE, 1))
        text = self.expect(1, REAL.call("explore", *words, "--replay", row["id"], script=MMT),
                           "its console is the same, byte for byte", row["why"],
                           "==> task 1")
        # Task 0 gives way in the function that is broken.
        self.assertRegex(text, r"mm/filemap\.c:\d+")
        text = self.expect(0, REAL.call("explore", *words, "--gdb", row["id"], script=MMT),
                           "mmx_switched")
        self.assertIn("migration_entry_wait_on_locked", text)

    def test_3_nothing_is_lost(self) -> None:
        programs = (ONE, "moving:write+end", "shared:write+dontneed")
        some = self.explore("--accesses", *programs)["programs"]
        every = self.explore("--accesses", "--all-points", *programs)["programs"]
        for one, other in zip(some, every):
            with self.subTest(one["program"]):
                self.assertTrue(one["complete"] and other["complete"])
                self.assertLess(one["points"], other["points"])
                ends = [[(end["done"], end["state"]) for end in each["ends"]]
                        for each in (one, other)]
                self.assertEqual(ends[0], ends[1])
                self.assertLess(one["levels"][1]["run"], one["levels"][1]["done"])
