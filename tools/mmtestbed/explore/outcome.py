# SPDX-License-Identifier: GPL-2.0
"""What came of one schedule, by the console of its child."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Optional, Sequence

from ..boot import ktap
from ..boot.children import blame
from ..boot.judge import Judge
from ..boot.uml import Ending
from ..errors import TestbedError
from ..kernel import tree
from ..model.outcomes import Name, Outcome
from .schedule import Schedule, Stretch

_MARK = "explore: "
# What depends on which places were known to touch what others touch.
_LEARNT = (f"{_MARK}path ", f"{_MARK}same ", f"{_MARK}place ")
_STRETCH = re.compile(r"([0-9a-f])([0-9a-f])x(\d+)")
_POINT = re.compile(r"point (\d+) task (\d) to (-?\d) (.*?) '(.*?)'((?: \S+\+\S+)*)$")
_END = re.compile(r"end ([0-9a-f]): (.*)")
_SERIAL = re.compile(r"serial ([0-9a-f]): (.*)")
_PLACE = re.compile(r"place ([0-9a-f]+) ")
_WAITS = re.compile(r"task (\d) \((\w+)\) waits in(.*)")


class NotReady(TestbedError):
    """A program cannot be got ready: the kernel fails already in a serial order, or
    without a switch."""


@dataclass(frozen=True)
class Point:
    """A place at which the running @task could have been switched.

    @to: the task that it was switched to; None if it went on.
    @what: what it was about to do: "takes", "drops", ...  @lock: the name of a lock.
    @stack: functions, as name+offset/size, the innermost first.
    """

    number: int
    task: int
    to: Optional[int]
    what: str
    lock: str
    stack: tuple[str, ...]


@dataclass
class Found:
    """What came of @schedule.

    @why: what is wrong, in a line; "" if nothing is.
    @path: the points that were passed.
    @done: the operations that were done, and not given up; a bit each.
    @end: the state in the end, as text.
    @digest: SHA-256 of all that its console has said, but for what depends on which places
        were points.
    @usec: CPU time that it took.
    @lines: of its console, if anything is wrong or it was asked for.
    @same: so many of the next points of the task that gave way last come to the same.
    @spun: how often a task waited for another one without sleeping.
    @places: in the code, that touch what other tasks touch, and were no points: as
        hexadecimal numbers.
    """

    schedule: Schedule
    why: str = ""
    path: tuple[Stretch, ...] = ()
    done: int = 0
    end: str = ""
    same: int = 0
    spun: int = 0
    digest: str = ""
    usec: int = 0
    lines: Sequence[str] = ()
    points: list[Point] = field(default_factory=list)
    places: list[str] = field(default_factory=list)


@dataclass
class Ready:
    """A child that has got a program ready.

    @head: what it said of KTAP; its children only say the rest.
    @ends: how serial orders end, by the operations that are done.
    """

    head: list[str] = field(default_factory=list)
    ends: dict[int, list[str]] = field(default_factory=dict)

    @staticmethod
    def read(lines: Sequence[str]) -> "Ready":
        """From what it said."""
        found = Ready()
        for raw in lines:
            text = tree.plain(ktap.clean(raw))
            match = _SERIAL.match(text.removeprefix(_MARK))
            if match and text.startswith(_MARK):
                found.ends.setdefault(int(match.group(1), 16), []).append(match.group(2))
            elif not isinstance(ktap.parse(text), ktap.Other):
                found.head.append(raw)
        return found


def _stretches(text: str) -> list[Stretch]:
    return [(int(task), int(others, 16), int(count))
            for task, others, count in _STRETCH.findall(text)]


def _point(text: str) -> Optional[Point]:
    match = _POINT.match(text)
    if not match:
        return None
    number, task, to, what, lock, stack = match.groups()
    return Point(int(number), int(task), None if to == "-1" else int(to), what, lock,
                 tuple(stack.split()))


def _wrong(name: Name, head: Sequence[str], lines: Sequence[str], ending: Ending) -> Outcome:
    """What the judge says of @lines, behind @head."""
    judge = Judge([name], lambda outcome: None)
    for raw in [*head, *lines]:
        judge.read(raw)
    judge.end(ending, 0)
    blame(judge, name)
    return judge.outcomes[name]


class Reader:
    """Turns consoles into what was found; the children of one program.

    @name: the case that they run.  @ready: their parent.
    """

    def __init__(self, name: Name, ready: Ready) -> None:
        self._name = name
        self._ready = ready
        # What a good one says beside what it found: most say just that.
        self._usual: set[tuple[str, ...]] = set()

    def read(self, schedule: Schedule, lines: Sequence[str], ending: Ending,
             usec: int, keep: bool = False) -> Found:
        """What came of @schedule, whose child said @lines and ended as @ending."""
        found = Found(schedule, usec=usec)
        rest, path, said = [], [], hashlib.sha256()
        for raw in lines:
            text = ktap.clean(raw)
            if not text.startswith(_LEARNT):
                said.update(raw.encode("utf-8", "surrogateescape") + b"\n")
            if not text.startswith(_MARK):
                rest.append(text)
                continue
            text = text[len(_MARK):]
            end = _END.match(text)
            if text.startswith("path "):
                path += _stretches(text)
            elif end:
                found.done, found.end = int(end.group(1), 16), tree.plain(end.group(2))
            elif text.startswith("same "):
                found.same = int(text[len("same "):])
            elif text.startswith("spun "):
                found.spun = int(text[len("spun "):])
            elif text.startswith("place "):
                found.places += _PLACE.findall(text)
            elif text.startswith("point "):
                point = _point(tree.plain(text))
                found.points += [point] if point else []
        found.path, found.digest = tuple(path), said.hexdigest()
        usual = tuple(rest)
        if usual not in self._usual or not found.end:
            judged = _wrong(self._name, self._ready.head, lines, ending)
            if judged.status.good and found.end:
                self._usual.add(usual)
            else:
                found.why = self._why(judged, lines)
        if found.why or keep:
            found.lines = [ktap.clean(raw) for raw in lines]
        return found

    @staticmethod
    def _why(judged: Outcome, lines: Sequence[str]) -> str:
        texts = [tree.plain(ktap.clean(raw)) for raw in lines]
        waits = [match for text in texts if text.startswith(_MARK) and
                 (match := _WAITS.match(text[len(_MARK):]))]
        if waits:
            return "hangs: " + ", ".join(
                f"task {task} ({op}) waits in {_where(stack)}"
                for task, op, stack in (each.groups() for each in waits))
        ends = [text for text in texts if "no serial order ends with" in text]
        if ends:
            return "no serial order ends like this"
        return judged.reason or judged.status.value


# Functions that only wait for others.
_WAITING = re.compile(r"(?:__)?(?:schedule|io_schedule|context_switch|switch_to|"
                      r"wait_for|folio_wait|rwsem_|down_|mutex_)")


def _where(stack: str) -> str:
    names = [re.split(r"[+/]", each)[0] for each in stack.split()]
    return next((name for name in names if not _WAITING.match(name)),
                names[0] if names else "nothing")


def differences(end: str, serial: Sequence[str]) -> tuple[str, list[str]]:
    """The serial end that is nearest to @end, and what differs, a line each."""
    def parts(text: str) -> list[str]:
        return [part.strip() for part in re.split(r"[;,]", text)]

    mine = parts(end)
    if not serial:
        return "", []
    nearest = min(serial, key=lambda text: len(set(parts(text)) ^ set(mine)))
    theirs = parts(nearest)
    return nearest, [
        *(f"is, and should not be: {part}" for part in mine if part not in theirs),
        *(f"should be, and is not: {part}" for part in theirs if part not in mine)]
