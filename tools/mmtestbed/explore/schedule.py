# SPDX-License-Identifier: GPL-2.0
"""Schedules: who begins, and where the running task has to give way; and their ids."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import Iterator, Optional, Sequence

from ..errors import UsageError
from . import program
from .program import Program

_ID = re.compile(r"([\w:+]+)/([0-2]{2,3})((?:/\d+>[0-2])*)(?:=([0-9a-f]{6}))?")
# What a run of points comes to: the running task, the set of those that could go on
# instead (empty where that would change nothing), and how many points there are of this
# kind.
Stretch = tuple[int, int, int]


@dataclass(frozen=True, order=True)
class Schedule:
    """@order: the numbers of the tasks, as they begin.
    @at: the switches: the number of the point, and that of the task that goes on."""

    order: str
    at: tuple[tuple[int, int], ...] = ()

    @property
    def words(self) -> str:
        """For the command line of the kernel."""
        at = ",".join(f"{point}:{task}" for point, task in self.at)
        return f"mm_kunit.explore_order={self.order} mm_kunit.explore_at={at}"

    def __str__(self) -> str:
        return self.order + "".join(f"/{point}>{task}" for point, task in self.at)

    def after(self, path: Sequence[Stretch]) -> Iterator["Chain"]:
        """The schedules with one switch more, behind its own, if @path is what came of
        it."""
        first, number = self.at[-1][0] + 1 if self.at else 0, 0
        # By the task that goes on: where its chain begins, and its points so far.
        open_: dict[int, list[int]] = {}
        running: Optional[int] = None
        for who, others, count in path:
            points = range(max(number, first), number + count)
            number += count
            if who != running:
                yield from self._chains(open_)
                open_, running = {}, who
            for task in range(program.MOST):
                if others >> task & 1:
                    open_.setdefault(task, []).extend(points)
        yield from self._chains(open_)

    def _chains(self, points: dict[int, list[int]]) -> Iterator["Chain"]:
        for task, numbers in sorted(points.items()):
            if numbers:
                yield Chain(self, task, numbers)


def count_after(which: Schedule, path: Sequence[Stretch]) -> int:
    """How many schedules there are in the chains of after()."""
    first, number, total = which.at[-1][0] + 1 if which.at else 0, 0, 0
    for _, others, count in path:
        total += (number + count - min(max(number, first), number + count)) * \
            others.bit_count()
        number += count
    return total


@dataclass
class Chain:
    """Schedules with one switch more than @parent, that to @task at one of @points.

    The task that gives way is the same, and runs from the first to the last of them.
    What one of them comes to says which others come to the same.
    """

    parent: Schedule
    task: int
    points: list[int]
    # Those that have been given away, and those that come to the same as one of them.
    _known: set[int] = field(default_factory=set)

    def each(self) -> Iterator[Schedule]:
        """The schedules, but for those that come to the same as one before."""
        for point in self.points:
            if point not in self._known:
                self._known.add(point)
                yield Schedule(self.parent.order, (*self.parent.at, (point, self.task)))

    def learn(self, which: Schedule, same: int) -> int:
        """The next @same points come to the same as @which; how many of them are left out
        now that were not before."""
        last = which.at[-1][0]
        more = {point for point in self.points if last < point <= last + same} - self._known
        self._known |= more
        return len(more)

    def mix(self, chance: random.Random) -> None:
        """Put the points in another order."""
        chance.shuffle(self.points)


def starts(which: Program) -> list[Schedule]:
    """The schedules of @which without a switch: any task may be the first.

    The others follow in turn.
    """
    numbers = "".join(map(str, range(len(which.ops))))
    return [Schedule(numbers[first:] + numbers[:first]) for first in range(len(numbers))]


def points(path: Sequence[Stretch]) -> int:
    """How many points there are on @path at which a switch may matter."""
    return sum(count for _, others, count in path if others)


@dataclass(frozen=True)
class Id:
    """A schedule of a program, as the user sees it.

    @digest: the first digits of the SHA-256 of what its console has said.
    """

    program: Program
    schedule: Schedule
    digest: str = ""

    def __str__(self) -> str:
        return f"{self.program}/{self.schedule}" + (f"={self.digest}" if self.digest else "")


def parse(text: str) -> Id:
    """The id @text.  Raises UsageError."""
    match = _ID.fullmatch(text)
    if not match:
        raise UsageError(f"'{text}' is no id of a schedule, such as "
                         "moving:read+end/01/37>1; see Documentation/schedules.rst")
    name, order, switches, digest = match.groups()
    which = program.parse(name)
    at: list[tuple[int, int]] = []
    for word in switches.split("/")[1:]:
        point, _, task = word.partition(">")
        at.append((int(point), int(task)))
    fault: Optional[str] = None
    if sorted(order) != sorted("012"[:len(which.ops)]):
        fault = f"{which} has {len(which.ops)} tasks"
    elif any(task >= len(which.ops) for _, task in at):
        fault = f"{which} has no such task"
    elif any(second[0] <= first[0] for first, second in zip(at, at[1:])):
        fault = "its points are not in order"
    if fault:
        raise UsageError(f"'{text}' is no id of a schedule: {fault}")
    return Id(which, Schedule(order, tuple(at)), digest or "")
