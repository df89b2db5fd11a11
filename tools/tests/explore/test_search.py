# SPDX-License-Identifier: GPL-2.0
"""The search, on a program that is simulated: all schedules, once each."""

import concurrent.futures
import itertools
import unittest
from typing import Optional

from mmtestbed.explore import program, report, search
from mmtestbed.explore.outcome import Found
from mmtestbed.explore.program import Program
from mmtestbed.explore.schedule import Schedule, Stretch

from tests import fake_kernel

PROGRAM = program.parse("mapped:write+write")


def simulated(safe: bool, schedule: Schedule) -> tuple[list[str], int]:
    return fake_kernel.race(safe, schedule.order, dict(schedule.at))


# Two tasks of a simulated program: what each step touches, and whether it writes.
STEPS = ((("a", 0), ("x", 1), ("b", 0), ("c", 1), ("x", 0), ("d", 1)),
         (("e", 1), ("x", 0), ("f", 0), ("x", 1), ("c", 0)))


def conflict(one: tuple[str, int], other: tuple[str, int]) -> bool:
    return one[0] == other[0] and bool(one[1] or other[1])


class Simulated:
    """Runs a schedule of STEPS as the kernel does, and tells what comes to the same."""

    def found(self, schedule: Schedule) -> Found:
        at, now, steps = dict(schedule.at), int(schedule.order[0]), [0, 0]
        path: list[Stretch] = []
        # The task and the number of its step; -1 for a point.
        log: list[tuple[int, int]] = []
        memory: dict[str, int] = {}
        read, switched = [1, 1], -1
        while steps[0] < len(STEPS[0]) or steps[1] < len(STEPS[1]):
            if steps[now] == len(STEPS[now]):
                now = 1 - now
            log.append((now, -1))
            if steps[1 - now] < len(STEPS[1 - now]):
                path.append((now, 2 >> now, 1))
                if len(path) - 1 in at:
                    now = at[len(path) - 1]
                    switched = len(log)
                    log.append((now, -1))
            name, writes = STEPS[now][steps[now]]
            log.append((now, steps[now]))
            if writes:
                # What it writes depends on what it has read.
                memory[name] = read[now] * 7 + steps[now] + now
            else:
                read[now] = read[now] * 31 % 1009 + memory.get(name, 0)
            steps[now] += 1
        return Found(schedule, done=3, path=tuple(path), same=self.same(log, switched),
                     end=f"{sorted(memory.items())}, read {read}")

    @staticmethod
    def same(log: list[tuple[int, int]], switched: int) -> int:
        if switched < 0:
            return 0
        other = log[switched][0]
        between = []
        number = switched
        while number < len(log) and log[number][0] == other:
            between += [STEPS[other][log[number][1]]] * (log[number][1] >= 0)
            number += 1
        count = 0
        for task, step in log[number:]:
            if task == other:
                break
            if step < 0:
                count += 1
            elif any(conflict(STEPS[task][step], each) for each in between):
                break
        return max(0, count - 1)


class Reduction(unittest.TestCase):
    def test_the_same_ends_by_fewer_runs(self) -> None:
        which = program.parse("none:read+fork")
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for switches in range(4):
                with self.subTest(switches):
                    every, some = Simulated(), Simulated()

                    def all_of_them(_: Program, schedule: Schedule) -> Found:
                        found = every.found(schedule)
                        found.same = 0
                        return found

                    full = search.explore(which, all_of_them, switches, 2, pool)
                    less = [search.explore(which, lambda _, each: some.found(each), switches,
                                           jobs, pool) for jobs in (1, 2)]
                    self.assertEqual(set(full.ends), set(less[0].ends))
                    self.assertEqual(less[0].ends, less[1].ends)
                    self.assertTrue(full.complete and less[0].complete)
                    if switches:
                        self.assertLess(less[0].run, full.run)
                        self.assertGreater(less[0].done, less[0].run)

    def test_in_another_order(self) -> None:
        which = program.parse("none:read+fork")
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            found = [search.explore(which, lambda _, each: Simulated().found(each), 2, 2, pool,
                                    seed=seed) for seed in (1, None)]
        self.assertEqual(set(found[0].ends), set(found[1].ends))
        self.assertTrue(found[0].complete)


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

    def test_a_shorter_program(self) -> None:
        asked = []

        def run(which: Program, schedule: Schedule) -> Found:
            asked.append(str(which))
            path, _ = simulated(True, schedule)
            return Found(schedule, done=3, end="x", why="lost" if which.ops == (
                "write", "fork") and schedule.at else "", path=tuple(
                    (int(each[0]), int(each[1]), 1) for each in path))

        bad = Found(Schedule("012", ((1, 1),)), why="lost")
        found = search.in_shorter(program.parse("none:read+write+fork"), bad, run, 1, self.pool)
        assert found
        self.assertEqual((str(found[0]), found[1].why), ("none:write+fork", "lost"))
        self.assertLessEqual(len(found[1].schedule.at), 1)
        # It takes two for one; and a migration under way ends.
        self.assertIsNone(search.in_shorter(PROGRAM, bad, run, 1, self.pool))
        self.assertEqual(list(map(str, program.parse("moving:read+read+end").shorter())),
                         ["moving:read+end"])
