# SPDX-License-Identifier: GPL-2.0
"""Goes through all schedules of a program, those with fewer switches first.

What a schedule comes to says which ones there are with one switch more. So each level is
known in full before it begins, and nothing is counted twice or left out.
"""

from __future__ import annotations

import collections
import concurrent.futures
import itertools
import random
import time
from dataclasses import dataclass, field
from typing import Callable, Deque, Iterable, Iterator, Optional, Sequence

from . import schedule
from .outcome import Found
from .program import Program
from .schedule import Schedule

Run = Callable[[Program, Schedule], Found]
# (schedules done of this level, schedules of it, switches)
Tell = Callable[[int, int, int], None]
# So many schedules are handed out ahead, for each that runs at a time.
_AHEAD = 4


@dataclass
class Level:
    """All schedules with so many switches.

    @total: how many there are.  @done: how many were run.
    """

    switches: int
    total: int
    done: int = 0


@dataclass
class Coverage:
    """What is known of a program.

    @wanted: the most switches.  @exhausted: none has so many.
    @levels: by number of switches, as far as they were begun.
    @points: those of the schedules without a switch, at most.
    @bad: what is wrong, that with the fewest switches first.
    @ends: how often it came to each state.
    @gave_up: for each operation, in how many schedules it was given up.
    @seconds: that it took.  @usec: CPU time of the children.
    @seed: of the order in which the last level was run, if it was not all run.
    @places: that were no points, and have to be: what was run is not all there is.
    """

    program: Program
    wanted: int = 0
    exhausted: bool = False
    levels: list[Level] = field(default_factory=list)
    points: int = 0
    bad: list[Found] = field(default_factory=list)
    ends: collections.Counter[tuple[int, str]] = field(default_factory=collections.Counter)
    gave_up: list[int] = field(default_factory=list)
    seconds: float = 0.0
    usec: int = 0
    seed: Optional[int] = None
    places: set[str] = field(default_factory=set)

    @property
    def done(self) -> int:
        """How many schedules were run."""
        return sum(level.done for level in self.levels)

    @property
    def total(self) -> int:
        """How many there are with at most as many switches as the last level has."""
        return sum(level.total for level in self.levels)

    @property
    def complete(self) -> bool:
        """All of them were run, and their points are those that there are."""
        return bool(self.levels) and self.done == self.total and not self.places and \
            (self.exhausted or self.levels[-1].switches == self.wanted)

    @property
    def useless(self) -> list[str]:
        """Operations that were given up in each schedule: nothing is known of them."""
        return [op for op, times in zip(self.program.ops, self.gave_up)
                if self.done and times == self.done - len(self.bad)]

    @property
    def good(self) -> bool:
        """Nothing is wrong."""
        return not self.bad and not self.useless

    def take(self, found: Found) -> None:
        """Count one schedule."""
        self.levels[-1].done += 1
        self.usec += found.usec
        self.places.update(found.places)
        if found.why:
            self.bad.append(found)
            return
        self.ends[found.done, found.end] += 1
        for number in range(len(self.program.ops)):
            self.gave_up[number] += not found.done >> number & 1


def explore(program: Program, run: Run, switches: int, jobs: int,
            pool: concurrent.futures.Executor, over: Callable[[], bool] = lambda: False,
            tell: Tell = lambda done, total, switches: None, keep_going: bool = False,
            seed: Optional[int] = None) -> Coverage:
    """Run all schedules of @program with at most @switches switches, @jobs at a time.

    @over: says that time is up.  @keep_going: after the first that is bad.
    @seed: of the order of the last level, so that a part of it is from everywhere; else
    they come in the order of their points.
    """
    found = Coverage(program, switches, gave_up=[0] * len(program.ops), seed=seed)
    begin = time.monotonic()
    parents: list[Found] = []
    for number in range(switches + 1):
        level = Level(number, sum(each.schedule.count_after(each.path) for each in parents)
                      if number else len(program.ops))
        if number and not level.total:
            found.exhausted = True
            break
        found.levels.append(level)
        todo: Iterable[Schedule] = schedule.starts(program) if not number else \
            itertools.chain.from_iterable(each.schedule.after(each.path)
                                          for each in parents)
        if number == switches and seed is not None and number:
            mixed = list(todo)
            random.Random(seed).shuffle(mixed)
            todo = mixed
        children: list[Found] = []
        for one in _each(todo, lambda which: run(program, which), jobs, pool, over):
            found.take(one)
            tell(level.done, level.total, number)
            if one.why and not keep_going:
                break
            if not one.why:
                # Only what the next level needs.
                children.append(Found(one.schedule, path=one.path))
                found.points = max(found.points, schedule.points(one.path)) \
                    if not number else found.points
        if found.bad and not keep_going or found.places or level.done < level.total:
            break
        parents = children
    found.seconds = time.monotonic() - begin
    return found


def _each(todo: Iterable[Schedule], run: Callable[[Schedule], Found], jobs: int,
          pool: concurrent.futures.Executor,
          over: Callable[[], bool]) -> Iterator[Found]:
    """What each of @todo comes to, in order, so that two searches find the same first."""
    rest = iter(todo)
    ahead: Deque[concurrent.futures.Future[Found]] = collections.deque()
    try:
        while True:
            while len(ahead) < _AHEAD * jobs and not over():
                following = next(rest, None)
                if following is None:
                    break
                ahead.append(pool.submit(run, following))
            if not ahead:
                return
            yield ahead.popleft().result()
    finally:
        for future in ahead:
            future.cancel()
        concurrent.futures.wait(ahead)


def shrink(program: Program, bad: Found, run: Run) -> Found:
    """@bad, or what fails with fewer of its switches, as long as that works.

    Each switch is left out in turn; the points of those behind it then have other
    numbers, so all places of the shorter schedule are tried by the search itself, which
    has come to @bad only after all with fewer switches.  What was found by chance, in
    another order, is shrunk here.
    """
    best = bad
    again = True
    while again and best.schedule.at:
        again = False
        for without in _shorter(best.schedule):
            found = run(program, without)
            if found.why and "there is no such schedule" not in found.why:
                best, again = found, True
                break
    return best


def _shorter(which: Schedule) -> Sequence[Schedule]:
    return [Schedule(which.order, which.at[:number] + which.at[number + 1:])
            for number in range(len(which.at))]
