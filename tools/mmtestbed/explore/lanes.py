# SPDX-License-Identifier: GPL-2.0
"""Shows a schedule as lanes side by side, one for each task, from top to bottom."""

from __future__ import annotations

import itertools
import re
import textwrap
from pathlib import Path
from typing import Any, Iterable, Mapping, Sequence

from ..boot import symbols
from .outcome import Point
from .program import Program

# So many points in a row of one task are shown at each end; the rest is counted.
_ENDS = 4
# Of a terminal, and of a lane.
_WIDTH = 100
_GAP = "  "
# A blank at which no line is broken.
_STAYS = "\N{NO-BREAK SPACE}"


def _label(point: Point, places: Mapping[str, str]) -> str:
    """What happens at @point, and where."""
    lock = re.sub(r"^&(?:\w+->)?|\(&\w+\)$", "", point.lock) if point.lock else ""
    where = next(iter(point.stack), "")
    called = re.split(r"[+/]", point.stack[1])[0] if len(point.stack) > 1 else ""
    text = f"{point.number} {point.what}{f' {lock}' if lock else ''}"
    place = places.get(where) or re.split(r"/", where)[0]
    return f"{text}: {place}" + (f" < {called}" if called else "")


def _stretches(points: Iterable[Point]) -> list[list[Point]]:
    """@points, cut where the task changes."""
    return [list(group) for _, group in itertools.groupby(points, lambda each: each.task)]


def _shown(points: Sequence[Point], places: Mapping[str, str]) -> list[str]:
    """The lines of a stretch of one task."""
    def one(point: Point) -> str:
        switch = "" if point.to is None else f"  ==>{_STAYS}task {point.to}"
        return _label(point, places) + switch

    if len(points) <= 2 * _ENDS + 1:
        return [one(point) for point in points]
    return [*map(one, points[:_ENDS]), f"... {len(points) - 2 * _ENDS} points",
            *map(one, points[-_ENDS:])]


def as_json(points: Sequence[Point], kernel: Path) -> list[dict[str, Any]]:
    """@points for programs; see draw()."""
    places = _places(points, kernel)
    return [{"number": each.number, "task": each.task, "to": each.to, "what": each.what,
             "lock": each.lock, "place": _label(each, places).partition(": ")[2]}
            for each in points]


def _places(points: Sequence[Point], kernel: Path) -> Mapping[str, str]:
    """Where @kernel is at @points."""
    wanted = {point.stack[0] for point in points if point.stack}
    return symbols.lines_of(kernel, sorted(wanted))


def draw(program: Program, points: Sequence[Point], kernel: Path) -> list[str]:
    """The lanes of @points, which @kernel has passed.

    With lines of the source, as far as @kernel has been built with them.
    """
    places = _places(points, kernel)
    width = (_WIDTH - len(_GAP) * (len(program.ops) - 1)) // len(program.ops)
    rows = [_row([f"task {number}: {op}" for number, op in enumerate(program.ops)], width),
            _row(["-" * width] * len(program.ops), width)]
    for stretch in _stretches(points):
        for text in _shown(stretch, places):
            for piece in textwrap.wrap(text, width, subsequent_indent="    ") or [""]:
                cells = [""] * len(program.ops)
                cells[stretch[0].task] = piece.replace(_STAYS, " ")
                rows.append(_row(cells, width))
    return rows


def _row(cells: Sequence[str], width: int) -> str:
    return _GAP.join(f"{cell[:width]:{width}}" for cell in cells).rstrip()
