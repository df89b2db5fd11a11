# SPDX-License-Identifier: GPL-2.0
"""Coverage on the page: which lines and functions of the files under test have run."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from ..ui import words
from .html import Cell, Markup, Row, details, element, ident, join, table
from .material import Material, Shelf

_HOW = "scripts/run.sh --variant gcov --coverage DIR (DIR/functions.json)"


def _lines(functions: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """(lines that ran, all lines) of @functions."""
    ran = sum(len(each["lines_run"]) for each in functions)
    return ran, ran + sum(len(each["lines_not_run"]) for each in functions)


def _share(done: int, total: int) -> Cell:
    """'75 %', sorted by what it is."""
    share = done / total if total else 1.0
    return Cell(f"{100 * share:.0f} %", sort=f"{share:.4f}")


def _cells(functions: Sequence[Mapping[str, Any]]) -> list["Cell | str"]:
    ran, lines = _lines(functions)
    taken, branches = (sum(each[key] for each in functions)
                       for key in ("branches_taken", "branches"))
    entered = sum(bool(each["lines_run"]) for each in functions)
    return [f"{entered} of {len(functions)}", f"{ran} of {lines}", _share(ran, lines),
            f"{taken} of {branches}", _share(taken, branches)]


def _ranges(numbers: Sequence[int]) -> str:
    """Ascending @numbers in a few words: 3 5-7 9."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    return " ".join("-".join(map(str, each)) for each in parts)


def _one(each: Material) -> list[Markup]:
    functions: Sequence[Mapping[str, Any]] = each.data["functions"]
    name = ident(each.kernel)
    rows: list[Row] = []
    for file in dict.fromkeys(str(one["file"]) for one in functions):
        rows.append([Cell(file), *_cells([one for one in functions if one["file"] == file])])
    rows.append([Cell("all"), *_cells(functions)])
    left: list[Row] = []
    for one in functions:
        if one["lines_not_run"]:
            ran, lines = _lines([one])
            left.append([Cell(str(one["name"])), str(one["file"]), f"{ran} of {lines}",
                         _share(ran, lines),
                         _ranges(one["lines_not_run"]) if ran else "never entered"])
    return [table(["file", "functions entered", "lines", "share of lines", "branches",
                   "share of branches"], rows, f"t-coverage-{name}"),
            details(f"{words.count(len(left), 'function')} with lines that no case ran",
                    table(["function", "file", "lines", "share", "lines that did not run"],
                          left, f"t-not-covered-{name}"))]


def part(shelf: Shelf) -> Markup:
    """That of each run that has counted it."""
    parts: list[Markup] = []
    for each in shelf.of("coverage"):
        old = ", other suites than today's" if shelf.old(each) else ""
        parts.append(element("p", f"{each.about()}{old}", "old" if old else ""))
        parts += _one(each)
    return join(parts) if parts else element("p", f"No such run was given: {_HOW}", "note")
