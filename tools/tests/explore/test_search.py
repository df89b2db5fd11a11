# SPDX-License-Identifier: GPL-2.0
"""The search, on a program that is simulated: all schedules, once each."""

import concurrent.futures
import itertools
import unittest
from typing import Optional

from mmtestbed.explore import program, report, search
from mmtestbed.explore.outcome import Found
from mmtestbed.explore.program import Program
from mmtestbed.explore.schedule import Schedule

from tests import fake_kernel

PROGRAM = program.parse("mapped:write+write")


def simulated(safe: bool, schedule: Schedule) -> tuple[list[str], int]:
    return fake_kernel.race(safe, schedule.order, dict(schedule.at))


class Explorer(unittest.TestCase):
    def setUp(self) -> None:
        self.runs: list[Schedule] = []
        self.pool = concurrent.futures.ThreadPoolExecutor(2)
        self.addCleanup(self.pool.shutdown)

    def run_one(self, _which: Program, schedule: Schedule) -> Found:
        self.runs.append(schedule)
        path, total = simulated(self.safe, schedule)
        return Found(schedule, why="" if total == 2 else "lost", done=3, end=f"sum {total}",
                     path=tuple((int(each[0]), int(each[1]), 1) for each in path), usec=5)

    def explore(self, switches: int, safe: bool = True, seed: Optional[int] = None,
                most: int = 0, keep_going: bool = False) -> search.Coverage:
        self.safe = safe
        self.runs.clear()
        return search.explore(
            PROGRAM, self.run_one, switches, 1, self.pool,
            lambda: bool(most) and len(self.runs) >= most, keep_going=keep_going, seed=seed)

    def every(self, switches: int) -> set[Schedule]:
        """All schedules, found by trying each number."""
        found = set()
        for order in ("01", "10"):
            for number in range(switches + 1):
                for points in itertools.combinations(range(8), number):
                    for tasks in itertools.product((0, 1), repeat=number):
                        schedule = Schedule(order, tuple(zip(points, tasks)))
                        if self.fits(schedule):
                            found.add(schedule)
        return found

    @staticmethod
    def fits(schedule: Schedule) -> bool:
        path, _ = simulated(True, schedule)
        return all(point < len(path) and int(path[point][0]) != task
                   for point, task in schedule.at)

    def test_all_of_them_once(self) -> None:
        for switches in range(4):
            with self.subTest(switches):
                found = self.explore(switches)
                self.assertEqual(len(self.runs), len(set(self.runs)))
                self.assertEqual(set(self.runs), self.every(switches))
                self.assertTrue(found.complete and found.good)
                self.assertEqual(found.done, len(self.runs))
                self.assertEqual(found.total, len(self.runs))
                self.assertEqual(found.usec, 5 * len(self.runs))

    def test_fewest_switches_first(self) -> None:
        self.explore(3)
        numbers = [len(each.at) for each in self.runs]
        self.assertEqual(numbers, sorted(numbers))

    def test_the_first_that_is_bad_ends_it(self) -> None:
        found = self.explore(3, safe=False)
        self.assertEqual(len(found.bad), 1)
        self.assertEqual(len(found.bad[0].schedule.at), 1)
        self.assertFalse(found.good or found.complete)
        again = self.explore(3, safe=False)
        self.assertEqual(found.bad[0].schedule, again.bad[0].schedule)

    def test_keep_going(self) -> None:
        found = self.explore(1, safe=False, keep_going=True)
        self.assertGreater(len(found.bad), 1)
        self.assertTrue(found.complete)

    def test_time_is_up(self) -> None:
        found = self.explore(2, seed=1, most=12)
        self.assertFalse(found.complete)
        self.assertTrue(found.good)
        self.assertLess(found.done, found.total)
        # The total is exact, although most were not run.
        self.assertEqual(found.total, len(self.every(2)))
        first = list(self.runs)
        self.explore(2, seed=1, most=12)
        self.assertEqual(self.runs, first)
        self.explore(2, seed=2, most=12)
        self.assertNotEqual(self.runs, first)

    def test_what_is_said_of_a_part(self) -> None:
        self.assertRegex(report.covered(self.explore(2, seed=7, most=12)),
                         r"^\d+ of \d+ schedules with at most 2 switches, in the order of "
                         "seed 7$")
        self.assertRegex(report.covered(self.explore(2, seed=7, most=4)),
                         r"^\d of \d schedules with at most 1 switch, none with more$")
        # No schedule has so many points.
        found = self.explore(7)
        self.assertTrue(found.complete and found.exhausted)
        self.assertRegex(report.covered(found), "^all ")

    def test_without_time_there_is_one_level_less(self) -> None:
        found = self.explore(2, most=1)
        self.assertEqual([level.switches for level in found.levels], [0, 1][:len(found.levels)])
        self.assertFalse(found.complete and len(found.levels) == 3)

    def test_an_operation_that_is_always_given_up(self) -> None:
        found = search.Coverage(PROGRAM, gave_up=[0, 0], wanted=0, levels=[search.Level(0, 2)])
        for done in (1, 1):
            found.take(Found(Schedule("01"), done=done, end="x"))
        self.assertEqual(found.useless, ["write"])
        self.assertFalse(found.good)
        found.take(Found(Schedule("10"), done=3, end="x"))
        self.assertEqual((found.useless, found.gave_up, found.good), ([], [0, 2], True))
        self.assertEqual(found.ends, {(1, "x"): 2, (3, "x"): 1})

    def test_places_that_have_to_be_points(self) -> None:
        def run_one(which: Program, schedule: Schedule) -> Found:
            found = self.run_one(which, schedule)
            found.places = ["6012"] if schedule.at else []
            return found

        self.safe = True
        found = search.explore(PROGRAM, run_one, 2, 1, self.pool)
        self.assertEqual(found.places, {"6012"})
        # The level is run to its end, for more of them, and no other one.
        self.assertEqual([(level.switches, level.done) for level in found.levels],
                         [(0, 2), (1, 6)])
        self.assertFalse(found.complete)

    def test_shrink(self) -> None:
        self.safe = False
        bad = self.run_one(PROGRAM, Schedule("01", ((1, 1), (2, 0))))
        self.assertTrue(bad.why)
        self.assertEqual(search.shrink(PROGRAM, bad, self.run_one).schedule,
                         Schedule("01", ((1, 1),)))
