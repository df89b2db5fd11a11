# SPDX-License-Identifier: GPL-2.0
"""Divide cases among boots: KUnit takes one glob."""

from __future__ import annotations

import collections
from typing import Sequence

from .outcomes import Name

# A boot: its cases, and the glob that selects them.
Job = tuple[list[Name], str]
# A suite with so many cases is spread over two boots.
_LARGE = 16


def split(rest: Sequence[Name], before: Sequence[Name],
          glob: str) -> list[Job]:
    """Boots for @rest of the cases @before that @glob selected.

    KUnit takes one glob: a suite that has not begun is one boot, and the cases
    left of one that has are one boot each.
    """
    suites: dict[str, list[Name]] = collections.defaultdict(list)
    for name in rest:
        suites[name[0]].append(name)
    full = collections.Counter(suite for suite, _ in before)
    case_glob = glob.partition(".")[2]
    boots: list[Job] = []
    for suite, names in suites.items():
        if len(names) == full[suite] and len(full) > 1:
            boots.append((names, f"{suite}.{case_glob}" if case_glob else suite))
        else:
            boots += [([name], ".".join(name)) for name in names]
    return boots


def halves(job: Job) -> list[Job]:
    """@job, a suite as a whole, as two boots if it is a large one: the cases up to
    some first letter, and those behind it."""
    names, glob = job
    suite, _, case_glob = glob.partition(".")
    letters = sorted(case[:1] for _, case in names)
    middle = letters[len(letters) // 2]
    if case_glob or len(names) < _LARGE or not "a" < middle <= "z" or \
       letters[0] == middle or letters[0] < "a" or letters[-1] > "z":
        return [job]
    before = chr(ord(middle) - 1)
    return [([name for name in names if name[1] < middle], f"{suite}.[a-{before}]*"),
            ([name for name in names if name[1] >= middle], f"{suite}.[{middle}-z]*")]
