# SPDX-License-Identifier: GPL-2.0
"""Mutants that no case can tell from the kernel, by the judgement of somebody who has read them.

tools/mutate/equivalent.txt has rules, by kinds: why a mutant does what the kernel does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterable, Optional, Sequence

from ..errors import TestbedError
from ..model.repository import REPOSITORY
from .mutation import Mutant

FILE = REPOSITORY / "tools" / "mutate" / "equivalent.txt"
_KIND = re.compile(r"== (\S+): (.+)$")


@dataclass
class Kind:
    """One reason.  @name: in a word.  @title: in a sentence.  @rules: what is meant."""

    name: str
    title: str
    rules: list[str] = field(default_factory=list)


def _matches(rule: str, text: str) -> bool:
    """Whether @rule, in which ... is anything, is all of @text."""
    return re.fullmatch(".*".join(map(re.escape, rule.split("..."))), text) is not None


def text_of(mutant: Mutant) -> str:
    """What a rule has to match: file:function: op: before -> after."""
    after = f" -> {mutant.after}" if mutant.after else ""
    return f"{mutant.file}:{mutant.function}: {mutant.op}: {mutant.before}{after}"


def parse(text: str, where: str) -> list[Kind]:
    """The kinds in @text.  Raises TestbedError naming the line of @where that is wrong."""
    kinds: list[Kind] = []
    for number, line in enumerate(text.splitlines(), 1):
        match = _KIND.match(line)
        if match:
            kinds.append(Kind(match.group(1), match.group(2)))
        elif line.strip() and not line.startswith("#"):
            if not kinds or ": " not in line:
                raise TestbedError(f"{where}:{number}: neither '== KIND: why' nor "
                                   "'FILE:FUNCTION: what is there'")
            kinds[-1].rules.append(line.strip())
    return kinds


def read(path: Path = FILE) -> list[Kind]:
    """The kinds in @path.  Raises TestbedError."""
    try:
        return parse(path.read_text(encoding="utf-8"), path.name)
    except OSError as err:
        raise TestbedError(f"cannot read {path.name}: {err.strerror}; restore it from "
                           "git") from None


def kind_of(mutant: Mutant, kinds: Iterable[Kind]) -> Optional[Kind]:
    """Why @mutant cannot be told from the kernel; None: it can, or nobody has said."""
    return of_text(text_of(mutant), kinds)


def of_text(text: str, kinds: Iterable[Kind]) -> Optional[Kind]:
    """The first of @kinds that has a rule for @text."""
    return next((kind for kind in kinds
                 if any(_matches(rule, text) for rule in kind.rules)), None)


def unused(kinds: Sequence[Kind], mutants: Sequence[Mutant]) -> list[str]:
    """The rules that match none of @mutants."""
    texts = [text_of(mutant) for mutant in mutants]
    return [rule for kind in kinds for rule in kind.rules
            if not any(_matches(rule, text) for text in texts)]
