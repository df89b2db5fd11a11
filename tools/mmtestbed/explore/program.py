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
          "exclusive", "middle", "watched")
_OWN = ("mapped", "shared")
# The states that each begins with.
_BEGIN: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("read", "write", "fork", "munmap", "dontneed", "protect", "mremap",
                     "pin"), STATES),
    "start": _OWN, "migrate": _OWN, "end": ("moving",), "fail": ("moving",),
    "pageout": ("mapped", "lazyfree"), "swapoff": ("swapped", "cached"),
    "move": ("mapped", "moving", "swapped", "cached"),
    "todevice": (*_OWN, "none"), "toram": ("device",), "put": ("device",),
    "release": ("device",), "own": STATES, "lock": ("moving",), "look": _OWN,
    "close": ("watched",), "failfork": STATES}
# Those that need the page for themselves, of which a program has one.
_MOVERS = ("start", "migrate", "end", "fail", "pageout")
OPERATIONS = tuple(_BEGIN)
# What XP-1 and XP-2 do not ask for.
_MORE = {"middle", "watched", "release", "own", "lock", "look", "close", "failfork"}
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
        """True if it makes sense: one migration at most, unless they are those of two
        drivers, and one that goes on ends; a userfaultfd that watches is closed once; nobody
        pins a page of a device that cannot be moved for somebody's reference."""
        movers = [op for op in self.ops if op in _MOVERS]
        return self.state in STATES and 2 <= len(self.ops) <= MOST and \
            all(self.state in _BEGIN.get(op, ()) for op in self.ops) and \
            len(movers) <= 1 and not (movers and "todevice" in self.ops) and \
            (self.state != "moving" or bool(movers)) and \
            self.ops.count("close") == (self.state == "watched") and \
            not ("pin" in self.ops and {"put", "release"} & set(self.ops))

    @property
    def asked(self) -> bool:
        """True if XP-1 or XP-2 asks for it."""
        drivers = self.ops.count("todevice")
        return not _MORE & {self.state, *self.ops} and \
            drivers <= (self.state != "none")

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


def every(count: int) -> list[Program]:
    """All programs of @count operations: those that the contracts ask for, and then others."""
    found = [found for state in STATES
             for ops in itertools.combinations_with_replacement(OPERATIONS, count)
             if (found := Program(state, ops)).valid]
    return sorted(found, key=lambda each: not each.asked)


def pairs() -> list[Program]:
    """The programs of two operations that XP-1 asks for."""
    return [each for each in every(2) if each.asked]


def triples() -> list[Program]:
    """Those of three that XP-2 asks for."""
    return [each for each in every(3) if each.asked]


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
            more = [each for each in every(2 if word.count("+") < 2 else 3)
                    if fnmatch.fnmatchcase(str(each), word)]
            if not more:
                raise UsageError(f"no program is called like {word}; see mmt explore --list")
        else:
            more = [parse(word)]
        found.update(dict.fromkeys(more))
    return list(found)
