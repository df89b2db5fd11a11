# SPDX-License-Identifier: GPL-2.0
"""Say what a failure means: the contract that broke, and what the case promises."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Mapping, Sequence

from ..model import cases
from ..model.cases import Case
from ..model.outcomes import Name
from .evidence import Failure

_WIDTH = 80
# So much of a failing case's own output helps, in lines.
_SHOWN = 8
# An assertion quotes macros in full; so many characters of it will do.
_REASON = 240
# An entry of a definition list: the id, then what it promises, indented.
_TEXT = re.compile(r"^([A-Z]{2,}-\d+)\n((?: +\S.*(?:\n|$))+)", re.MULTILINE)


def contracts(text: str) -> dict[str, str]:
    """What Documentation/contracts.rst (its @text) says, by id."""
    return {id: " ".join(words.split()) for id, words in _TEXT.findall(text)}


def fold(label: str, text: str) -> list[str]:
    """@text behind @label, in lines that fit a mail."""
    return textwrap.wrap(text, _WIDTH, initial_indent=f"  {label:10}",
                         subsequent_indent=" " * 12, break_on_hyphens=False,
                         break_long_words=False)


class Explainer:
    """Knows the cases and the contracts of the repository @top."""

    def __init__(self, top: Path, known: Mapping[Name, Case]) -> None:
        self._top = top
        self._known = known
        try:
            text = (top / "Documentation" / "contracts.rst").read_text(encoding="utf-8")
        except OSError:
            text = ""
        self._contracts = contracts(text)

    def ids(self, name: Name) -> tuple[str, ...]:
        """The contracts of the case @name."""
        case = self._known.get(name)
        return case.contracts if case else ()

    def brief(self, failure: Failure) -> str:
        """One line: the case and its contracts."""
        ids = " ".join(self.ids(failure.name))
        return f"{failure.full_name}{f' ({ids})' if ids else ''}"

    def full(self, failure: Failure) -> list[str]:
        """What @failure means, in full."""
        case = self._known.get(failure.name)
        lines = fold("case", f"{failure.full_name}: {failure.status.value} in "
                      f"{failure.tally()}")
        for id in self.ids(failure.name):
            lines += fold("contract", f"{id}  {self._contracts.get(id, '')}".rstrip())
        if case:
            path = self._top / case.file
            try:
                promise = cases.promise(path.read_text(encoding="utf-8"), case.name)
            except OSError:
                promise = []
            for number, paragraph in enumerate(promise or [case.summary]):
                paragraph = re.sub(r"^\w+\s*(?:\(\))?\s+-\s+", "", paragraph)
                lines += fold("" if number else "promises", paragraph)
            lines += fold("", f"({case.file}:{case.line})")
        if failure.reason:
            lines += fold("instead", textwrap.shorten(failure.reason, _REASON,
                                                       placeholder=" ..."))
        return lines

    @staticmethod
    def output(failure: Failure) -> list[str]:
        """The first lines that the case itself printed."""
        said: Sequence[str] = [line.strip() for line in failure.output if line.strip()]
        return list(said[:_SHOWN])
