# SPDX-License-Identifier: GPL-2.0
"""Which functions a change touches, by the layout that kernel code has."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Iterable, Optional, Sequence

_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_NAME = re.compile(r"\b(\w+)\s*\(")
_TYPE = re.compile(r"^(?:static |typedef )*(?:struct|union|enum)\s+(\w+)")
# A declaration is not longer than this.
_HEAD = 12


@dataclass
class Hunk:
    """One hunk.

    @old: the lines that it wants to find.
    @changed: which of them it removes, or adds something in front of.
    """

    start: int
    old: list[str] = field(default_factory=list)
    changed: set[int] = field(default_factory=set)


def hunks(text: str) -> dict[str, list[Hunk]]:
    """The hunks of a patch, by the path of the file."""
    found: dict[str, list[Hunk]] = {}
    path = ""
    hunk: Optional[Hunk] = None
    left = 0
    for line in text.splitlines():
        match = _HUNK.match(line)
        if match and path:
            hunk = Hunk(int(match.group(1)))
            left = int(match.group(2) or 1) + int(match.group(4) or 1)
            found.setdefault(path, []).append(hunk)
        elif hunk and left > 0 and line[:1] in (" ", "-", "+", ""):
            if line[:1] == "+":
                hunk.changed.add(max(0, len(hunk.old) - 1))
                left -= 1
                continue
            if line[:1] == "-":
                hunk.changed.add(len(hunk.old))
            left -= 1 if line[:1] == "-" else 2
            hunk.old.append(line[1:])
        elif line.startswith("--- "):
            path = re.sub(r"^a/", "", line[4:].split("\t")[0].strip())
            hunk = None
    return found


def find(lines: Sequence[str], hunk: Hunk) -> Optional[int]:
    """The line, from 1, at which the text of @hunk is, next to where it should be.

    Outer lines of context may differ, as patch has it.
    """
    for fuzz in range(3):
        old = hunk.old[fuzz:len(hunk.old) - fuzz]
        if not old:
            return None
        places = [number for number in range(len(lines) - len(old) + 1)
                  if lines[number] == old[0]
                  and list(lines[number:number + len(old)]) == old]
        if places:
            best = min(places, key=lambda number: abs(number + 1 - hunk.start))
            return best + 1 - fuzz
    return None


def changed(diff: str, path: str, removed: bool) -> set[int]:
    """The lines of @path that a diff without context removes, or adds."""
    numbers: set[int] = set()
    here = False
    for line in diff.splitlines():
        if line.startswith("diff --git "):
            here = line.endswith(f" b/{path}")
        match = _HUNK.match(line) if here else None
        if match:
            start, length = (match.group(1), match.group(2)) if removed else \
                (match.group(3), match.group(4))
            size = int(length) if length is not None else 1
            # An empty side still says where.
            numbers.update(range(int(start), int(start) + max(size, 1)))
    return numbers


def added(diff: str) -> set[int]:
    """The lines that the diff of one file, without context, adds."""
    numbers: set[int] = set()
    for match in map(_HUNK.match, diff.splitlines()):
        if match:
            size = int(match.group(4)) if match.group(4) is not None else 1
            numbers.update(range(int(match.group(3)), int(match.group(3)) + size))
    return numbers


def spans(lines: Sequence[str]) -> list[tuple[str, int, int]]:
    """(name, first line, last line) of each function and type at the top level."""
    found = []
    start = 0
    for number, line in enumerate(lines, 1):
        if line.startswith("{") or (line[:1] not in (" ", "\t", "#", "/", "*", "}", "")
                                    and line.rstrip().endswith("{")):
            start = number
        elif line.startswith("}") and start:
            name, first = _name(lines, start)
            if name:
                found.append((name, first, number))
            start = 0
    return found


def _name(lines: Sequence[str], brace: int) -> tuple[str, int]:
    """(name, first line) of what begins with the { in line @brace."""
    head: list[str] = []
    first = brace
    for number in range(brace, max(0, brace - _HEAD), -1):
        line = lines[number - 1]
        if number < brace and (not line.strip() or line.startswith(("}", "#", "/", " *"))
                               or line.rstrip().endswith((";", "*/", "}"))):
            break
        head.insert(0, line)
        first = number
    text = " ".join(head)
    match = _TYPE.match(text)
    if match and "(" not in text:
        return match.group(1), first
    names = [name for name in _NAME.findall(text)
             if name not in ("__attribute__", "__printf", "__acquires", "__releases",
                             "__must_hold", "EXPORT_SYMBOL", "EXPORT_SYMBOL_GPL")]
    return (names[0], first) if names else ("", first)


def at(lines: Sequence[str], numbers: Iterable[int]) -> set[str]:
    """The functions and types that the lines @numbers, from 1, belong to."""
    wanted = sorted(numbers)
    return {name for name, first, last in spans(lines)
            if any(first <= number <= last for number in wanted)}
