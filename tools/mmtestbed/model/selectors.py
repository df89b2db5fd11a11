# SPDX-License-Identifier: GPL-2.0
"""Which cases are meant: contracts, cases, globs, and all but some."""

from __future__ import annotations

import re
from typing import Mapping, Sequence

from ..errors import UsageError
from . import cases
from .cases import Case
from .outcomes import Name

# A contract, such as MW-3, or MW-*.
_CONTRACT = re.compile(r"[A-Z]{2,}-[\d*?]+")


def is_contract(word: str) -> bool:
    """True if @word means contracts, and not cases by their names."""
    return _CONTRACT.fullmatch(word) is not None


def meant(word: str, known: Mapping[Name, Case], names: Sequence[Name]) -> list[Name]:
    """Those of @names that @word means: a contract (MW-3, MW-*) or a suite.case glob."""
    if is_contract(word):
        return [name for name in names if name in known and any(
            cases.glob_match(word, id) for id in known[name].contracts)]
    return cases.selected(word, names)


def select(words: Sequence[str], known: Mapping[Name, Case], names: Sequence[Name],
           exclude: Sequence[str] = ()) -> list[Name]:
    """Those of @names that one of @words means, and none of @exclude.

    All of them if there are no words.  Raises UsageError if a word means none, or if
    nothing is left.
    """
    chosen: set[Name] = set()
    for word in words:
        found = meant(word, known, names)
        if not found:
            raise UsageError(f"no case matches {word}; see scripts/run.sh --list")
        chosen.update(found)
    left: set[Name] = chosen if words else set(names)
    for word in exclude:
        found = meant(word, known, names)
        if not found:
            raise UsageError(f"no case matches --exclude {word}; see scripts/run.sh --list")
        left = left - set(found)
    if not left and exclude:
        raise UsageError("--exclude leaves no case")
    return [name for name in names if name in left]
