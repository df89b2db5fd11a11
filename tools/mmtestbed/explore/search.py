# SPDX-License-Identifier: GPL-2.0
"""Goes through all schedules of a program, those with fewer switches first.

What a schedule comes to says which ones there are with one switch more. So each level is
known in full before it begins, and nothing is counted twice or left out. It also says which
others come to the same, since they only differ in the order of independent steps. These are
not run, and neither are those with more switches behind them: they would come to the same as
those behind the one that was run.
"""

from __future__ import annotations

import collections
import concurrent.futures
import itertools
import random
import time
from dataclasses import dataclass, field
from typing import Callable, Deque, Iterator, Optional, Sequence, Union

from . import schedule
from .outcome import Found, NotReady
from .program import Program
from .schedule import Chain, Schedule

Run = Callable[[Program, Schedule], Found]
# (schedules done of this level, schedules of it, switches)
Tell = Callable[[int, int, int], None]
# So many schedules are handed out ahead, for each that runs at a time.
_AHEAD = 4


@dataclass
class Level:
    """All schedules with so many switches.

    @total: how many there are.  @run: how many were run.
    @same: how many come to the same as one that was run.
    """

    switches: int
    total: int
    run: int = 0
    same: int = 0

    @property
    def done(self) -> int:
        """How many are known."""
        return self.run + self.same


@dataclass
class Coverage:
    """What is known of a program.

    @wanted: the most switches.  @exhausted: none has so many.
    @levels: by number of switches, as far as they were begun.
    @points: those of the schedules without a switch, at most.
    @bad: what is wrong, that with the fewest switches first.
    @ends: how often it came to each state.
    @gave_up: for each operation, in how many schedules it was given up.
    @spun: in how many schedules a task waited for another one without sleeping.
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
    spun: int = 0
    seconds: float = 0.0
    usec: int = 0
    seed: Optional[int] = None
    places: set[str] = field(default_factory=set)

    @property
    def run(self) -> int:
        """How many schedules were run."""
        return sum(level.run for level in self.levels)

    @property
    def done(self) -> int:
        """How many schedules are known: that were run, or come to the same as one of
        those."""
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
                if self.run and times == self.run - len(self.bad)]

    @property
    def good(self) -> bool:
        """Nothing is wrong."""
        return not self.bad and not self.useless

    def take(self, found: Found) -> None:
        """Count one schedule."""
        self.levels[-1].run += 1
        self.usec += found.usec
        self.spun += found.spun > 0
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
        level = Level(number, sum(schedule.count_after(each.schedule, each.path)
                                  for each in parents) if number else len(program.ops))
        if number and not level.total:
            found.exhausted = True
            break
        found.levels.append(level)
        chains: _Chains = iter([[each] for each in schedule.starts(program)])
        if number:
            chains = _chains(parents)
        line = _Line(chains, _AHEAD * jobs,
                     seed if number == switches and number else None)
        children: list[Found] = []
        each = _each(line, lambda which: run(program, which), jobs, pool, over)
        for one, same in _or_none(program, each):
            found.take(one)
            level.same += same
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


def _or_none(program: Program,
             found: Iterator[tuple[Found, int]]) -> Iterator[tuple[Found, int]]:
    """@found; if @program cannot be got ready, as if its first schedule were bad."""
    try:
        yield from found
    except NotReady as err:
        yield Found(schedule.starts(program)[0], why=err.message, lines=err.details), 0


def _chains(parents: Sequence[Found]) -> Iterator[Chain]:
    return itertools.chain.from_iterable(each.schedule.after(each.path) for each in parents)


_Chains = Union[Iterator[Chain], Iterator[list[Schedule]]]


class _Line:
    """Chains of schedules in line: the next of a chain is known once that before it has
    been run, so that what is run does not depend on how many run at a time.

    @most: so many chains are begun at a time.
    @seed: of another order, of the chains and in each of them.
    """

    def __init__(self, chains: _Chains, most: int,
                 seed: Optional[int]) -> None:
        self._rest: Iterator[Union[Chain, list[Schedule]]] = iter(chains)
        self._most = most
        self._begun: Deque[tuple[Optional[Chain], Iterator[Schedule]]] = collections.deque()
        self._away = 0
        self._mixed = seed is not None
        if seed is not None:
            chance = random.Random(seed)
            every = list(self._rest)
            chance.shuffle(every)
            for each in every:
                if isinstance(each, Chain):
                    each.mix(chance)
            self._rest = iter(every)
            self._most = len(every)

    def take(self) -> Optional[tuple[Schedule, Callable[[Found], int]]]:
        """The next schedule, and what to call with what it has come to, which returns how
        many it makes superfluous; None if there is none at the moment."""
        while True:
            if not self._begun and not self._begin():
                return None
            if len(self._begun) + self._away < self._most:
                self._begin()
            chain, rest = self._begun.popleft()
            which = next(rest, None)
            if which is not None:
                break
        self._away += 1

        def back(found: Found) -> int:
            self._away -= 1
            if self._mixed:
                self._begun.append((chain, rest))
            else:
                self._begun.appendleft((chain, rest))
            return chain.learn(found.schedule, found.same) if chain else 0

        return which, back

    def _begin(self) -> bool:
        following = next(self._rest, None)
        if isinstance(following, Chain):
            self._begun.append((following, following.each()))
        elif following is not None:
            self._begun.append((None, iter(following)))
        return following is not None


def _each(line: _Line, run: Callable[[Schedule], Found], jobs: int,
          pool: concurrent.futures.Executor,
          over: Callable[[], bool]) -> Iterator[tuple[Found, int]]:
    """What each of @line comes to, and how many others come to the same; in order, so that
    two searches find the same first."""
    ahead: Deque[tuple[concurrent.futures.Future[Found],
                       Callable[[Found], int]]] = collections.deque()
    try:
        while True:
            while len(ahead) < _AHEAD * jobs and not over():
                following = line.take()
                if following is None:
                    break
                which, back = following
                ahead.append((pool.submit(run, which), back))
            if not ahead:
                return
            future, back = ahead.popleft()
            found = future.result()
            yield found, back(found)
    finally:
        for future, _ in ahead:
            future.cancel()
        concurrent.futures.wait([future for future, _ in ahead])


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


def in_shorter(program: Program, bad: Found, run: Run, jobs: int,
               pool: concurrent.futures.Executor) -> Optional[tuple[Program, Found]]:
    """A program with an operation less than @program that goes wrong with no more switches
    than @bad has, and how; None if there is none."""
    for less in program.shorter():
        found = explore(less, run, len(bad.schedule.at), jobs, pool)
        if found.bad:
            return less, found.bad[0]
    return None


def _shorter(which: Schedule) -> Sequence[Schedule]:
    return [Schedule(which.order, which.at[:number] + which.at[number + 1:])
            for number in range(len(which.at))]
