# SPDX-License-Identifier: GPL-2.0
"""Which controls words mean."""

from __future__ import annotations

from typing import Sequence

from ..errors import UsageError
from ..model.selectors import is_contract
from .controls import Control, select


def chosen(controls: Sequence[Control], line: str, words: Sequence[str],
           exclude: Sequence[str]) -> list[Control]:
    """Those of @controls for @line that one of @words means, and none of @exclude: a
    contract that they break (MW-2), or a glob of their names.

    All of them if there are no words.  Raises UsageError if a word means none.
    """
    def meant(word: str) -> set[str]:
        contract = word if is_contract(word) else ""
        return {control.name for control in select(
            controls, line, "" if contract else word, contract)}

    names = set().union(*map(meant, words)) if words else meant("*")
    for word in exclude:
        names -= meant(word)
    if not names:
        raise UsageError("--exclude leaves no control")
    return [control for control in controls if control.name in names]
