# SPDX-License-Identifier: GPL-2.0
"""Programs: a page in a state, and two or three operations on it, a task each.

The kernel knows them by name (mm/kunit/explore/op.c); these are the same names.
"""

from __future__ import annotations

import fnmatch
import itertools
from dataclasses import dataclass
from typing import Sequence

from ..errors import UsageError

CASE = "explore.each_schedule_ends_as_a_serial_order"
STATES = ("none", "mapped", "shared", "moving", "swapped", "cached", "device", "lazyfree",
          "exclusive")
_OWN = ("mapped", "shared")
# The states that each begins with.
_BEGIN: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("read", "write", "fork", "munmap", "dontneed", "protect", "mremap",
                     "pin"), STATES),
    "start": _OWN, "migrate": _OWN, "end": ("moving",), "fail": ("moving",),
    "pageout": ("mapped", "lazyfree"), "swapoff": ("swapped", "cached"),
    "move": ("mapped", "moving", "swapped", "cached"),
    "todevice": _OWN, "toram": ("device",), "put": ("device",)}
# Those that need the page for themselves, of which a program has one.
_MOVERS = ("start", "migrate", "end", "fail", "pageout", "todevice")
OPERATIONS = tuple(_BEGIN)
# So many operations a program may have.
MOST = 3


@dataclass(frozen=True)
class Program:
    """A page in a @state, and the operations @ops on it."""

    state: str
    ops: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.state}:{'+'.join(self.ops)}"

    @property
    def valid(self) -> bool:
        """True if it makes sense: one migration at most, and one that goes on ends; nobody
        pins a page of a device that cannot be moved for somebody's reference."""
        movers = [op for op in self.ops if op in _MOVERS]
        return self.state in STATES and 2 <= len(self.ops) <= MOST and \
            all(self.state in _BEGIN.get(op, ()) for op in self.ops) and \
            len(movers) <= 1 and (self.state != "moving" or bool(movers)) and \
            not {"pin", "put"} <= set(self.ops)


    def shorter(self) -> list["Program"]:
        """The programs with one operation less."""
        less = dict.fromkeys(self.ops[:number] + self.ops[number + 1:]
                             for number in range(len(self.ops)))
        return [found for ops in less if (found := Program(self.state, ops)).valid]


def parse(text: str) -> Program:
    """The program that is called @text.  Raises UsageError."""
    state, colon, ops = text.partition(":")
    found = Program(state, tuple(ops.split("+")))
    if not colon or not found.valid:
        raise UsageError(f"there is no program {text}; a program is STATE:OP+OP[+OP], with "
                         f"the states {', '.join(STATES)} and the operations "
                         f"{', '.join(OPERATIONS)}; see Documentation/schedules.rst")
    return found


def pairs() -> list[Program]:
    """All programs of two operations: what XP-1 asks for."""
    return [found for state in STATES
            for ops in itertools.combinations_with_replacement(OPERATIONS, 2)
            if (found := Program(state, ops)).valid]


def triples() -> list[Program]:
    """All programs of three."""
    return [found for state in STATES
            for ops in itertools.combinations_with_replacement(OPERATIONS, 3)
            if (found := Program(state, ops)).valid]


def select(wanted: Sequence[str]) -> list[Program]:
    """The programs that are meant by @wanted, in order: names, globs such as
    'moving:*+end' (pairs) and 'moving:*+*+end' (triples), XP-1 (also if nothing is
    wanted) and XP-2.  Raises UsageError."""
    found: dict[Program, None] = {}
    for word in wanted or ["XP-1"]:
        if word == "XP-1":
            more = pairs()
        elif word == "XP-2":
            more = triples()
        elif any(each in word for each in "*?["):
            # Each pair is part of many triples: these have to be meant.
            more = [each for each in (pairs() if word.count("+") < 2 else triples())
                    if fnmatch.fnmatchcase(str(each), word)]
            if not more:
                raise UsageError(f"no program is called like {word}; see mmt explore --list")
        else:
            more = [parse(word)]
        found.update(dict.fromkeys(more))
    return list(found)
