# SPDX-License-Identifier: GPL-2.0
"""Which functions of a tree differ from a commit, and which cases reach them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Sequence

from ..git.gitrepo import Theirs
from ..kernel import reach
from ..kernel.reach import Function, Reach
from ..model import functions
from ..model.outcomes import Name
from ..ui import words


@dataclass
class Change:
    """What differs.

    @functions: of C files.
    @whole: files that differ outside of functions, or that were not there.
    """

    functions: set[Function] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)


def between(old: str, new: str, path: str) -> Change:
    """What differs between two texts of the file @path."""
    change = Change()
    sides = []
    for text in (old, new):
        lines = text.splitlines()
        spans = functions.spans(lines)
        inside = {number for _, first, last in spans for number in range(first, last + 1)}
        sides.append(({name: lines[first - 1:last] for name, first, last in spans},
                      [line.strip() for number, line in enumerate(lines, 1)
                       if number not in inside and line.strip()]))
    (before, around), (after, about) = sides
    change.functions = {(path, name) for name in {*before, *after}
                        if before.get(name) != after.get(name)}
    if around != about:
        change.whole.add(path)
    return change


def since(tree: Path, commit: str) -> Change:
    """What of the C files of @tree differs from @commit.  Raises UsageError."""
    theirs = Theirs(tree)
    found = Change()
    for path in theirs.differing(theirs.resolve(commit)):
        if not path.endswith((".c", ".h")):
            continue
        old = theirs.show(commit, path)
        try:
            new = (theirs.path / path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            new = None
        if old is None or new is None:
            found.whole.add(path)
            continue
        one = between(old, new, path)
        found.functions |= one.functions
        found.whole |= one.whole
    return found


@dataclass
class Choice:
    """Which cases to run.

    @sure: a line on how sure that is.
    """

    names: list[Name]
    sure: str


def choose(record: Reach, change: Change, names: Sequence[Name]) -> Choice:
    """Those of @names that reach what is in @change; all of them if that is not known."""
    counted = {file for file, _ in record.functions}
    mine = {function for function in change.functions if function in record.functions}
    mine |= {function for function in record.functions if function[0] in change.whole}
    outside = sorted({file for file, _ in change.functions if file not in counted} |
                     {file for file in change.whole if file not in counted})
    when = f"recorded {record.facts.get('date')} on Linux {record.facts.get('kernel_version')}"
    if not change.functions and not change.whole:
        return Choice(list(names), "no C file differs, so that all cases run")
    why = ""
    if any(file.endswith(".h") for file in outside):
        why = f"{outside[0]} differs, a header"
    elif not mine:
        why = f"nothing is recorded of what differs ({', '.join(outside[:3]) or 'new code'})"
    elif mine & record.alike:
        some = sorted(name for _, name in mine & record.alike)
        why = f"all cases count {some[0]}() alike, or the boot does"
    if why:
        return Choice(list(names), f"{why}: all cases run ({when})")
    reached, unknown = reach.cases_for(record, mine, names)
    chosen = {*reached, *unknown}
    sure = f"{words.count(len(reached), 'case')} of {len(names)} reach " \
           f"{words.count(len(mine), 'function')} that differ" \
           f"{'s' if len(mine) == 1 else ''} ({when})"
    if unknown:
        sure += f"; {words.count(len(unknown), 'case')} with no record run as well"
    if outside:
        sure += f"; not counted: {', '.join(outside[:3])}{', ...' if outside[3:] else ''}"
    return Choice([name for name in names if name in chosen], sure)
