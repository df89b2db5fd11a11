# SPDX-License-Identifier: GPL-2.0
"""Figures that cases print: 'LABEL: N of M things done, in K tries'."""

from __future__ import annotations

import re
import statistics
from dataclasses import dataclass, field
from typing import Any, Iterable, Mapping, Sequence

_LINE = re.compile(r"^\s*# (\w+): (?:pass:\d+ .*|([^:]+): (.*\d.*))$")
_PART = re.compile(r"(?:in )?(\d+)(?: of (\d+))? (\S.*)")


@dataclass
class Figure:
    """One figure, measured several times.

    @case: that prints it.  @at: under which conditions.  @unit: what is counted.
    @values: by run; @total: of how many, 0 if it is no share.
    """

    case: str
    at: str
    unit: str
    total: int
    values: list[int] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """It for programs."""
        return {"case": self.case, "at": self.at, "unit": self.unit,
                "of": self.total or None, "values": self.values}

    def cells(self) -> list[str]:
        """A row: the median, and the least and the most."""
        def text(value: float) -> str:
            if self.total:
                return f"{100 * value / self.total:.1f} %"
            return f"{value:g}"

        of = f" (of {self.total})" if self.total else ""
        return [self.case, self.at, f"{self.unit}{of}", text(statistics.median(self.values)),
                f"{text(min(self.values))} .. {text(max(self.values))}",
                str(len(self.values))]


HEADING = ["case", "at", "unit", "median", "spread", "runs"]


def read(lines: Iterable[str]) -> list[tuple[str, str, str, int, int]]:
    """(case, at, unit, value, total) for each figure in the console @lines."""
    found = []
    for line in lines:
        match = _LINE.match(line)
        if not match or not match.group(3):
            continue
        case, at, rest = match.groups()
        for part in rest.split(", "):
            figure = _PART.fullmatch(part.strip())
            if figure:
                value, total, unit = figure.groups()
                found.append((case, at.strip(), unit, int(value), int(total or 0)))
    return found


def gather(runs: Sequence[Sequence[tuple[str, str, str, int, int]]]) -> list[Figure]:
    """The figures of @runs, in the order in which they came."""
    figures: dict[tuple[str, str, str], Figure] = {}
    for run in runs:
        for case, at, unit, value, total in run:
            figure = figures.setdefault((case, at, unit), Figure(case, at, unit, total))
            figure.values.append(value)
    return list(figures.values())


def as_json(figures: Sequence[Figure], facts: Mapping[str, Any]) -> dict[str, Any]:
    """All of it for programs, with @facts on what it was measured on."""
    return {"schema": 1, **facts, "figures": [figure.as_json() for figure in figures]}
