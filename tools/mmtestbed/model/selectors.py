# SPDX-License-Identifier: GPL-2.0
"""Which cases are meant: contracts, cases, globs."""

from __future__ import annotations

import re
from typing import Mapping, Sequence

from ..errors import UsageError
from . import cases
from .cases import Case
from .outcomes import Name

_CONTRACT = re.compile(r"[A-Z]{2,}-[\d*?]+")


def select(words: Sequence[str], known: Mapping[Name, Case],
           names: Sequence[Name]) -> list[Name]:
    """Those of @names that one of @words means: a contract (MW-3, MW-*) or a glob.

    Raises UsageError if a word means none; all of them if there are no words.
    """
    chosen: set[Name] = set()
    for word in words:
        if _CONTRACT.fullmatch(word):
            found = [name for name in names if name in known and any(
                cases.glob_match(word, id) for id in known[name].contracts)]
        else:
            found = cases.selected(word, names)
        if not found:
            raise UsageError(f"no case matches {word}; see scripts/run.sh --list")
        chosen.update(found)
    return [name for name in names if name in chosen] if words else list(names)
