# SPDX-License-Identifier: GPL-2.0
"""What differs from an older page."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from .html import Cell, Markup, Row, element, join, table
from .material import Shelf
from .sections import name_of


def summary(shelf: Shelf) -> dict[str, Any]:
    """What a later page compares itself with."""
    return {
        "schema": 1,
        "runs": {each.kernel: {"verdict": each.data["verdict"], "commit": each.commit,
                               "date": each.date,
                               "cases": {name_of(case): case["status"]
                                         for case in each.data["cases"]}}
                 for each in shelf.runs()},
        "controls": {each.kernel: {one["name"]: one["outcome"]
                                   for one in each.data["controls"]}
                     for each in shelf.of("controls")}}


def _changes(old: Mapping[str, str], new: Mapping[str, str]) -> list[tuple[str, str, str]]:
    return [(name, old.get(name, "absent"), new.get(name, "absent"))
            for name in dict.fromkeys((*new, *old)) if old.get(name) != new.get(name)]


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Markup:
    """What has changed from the summary() @old to @new."""
    rows: list[Row] = []
    notes: list[str] = []
    for kernel in dict.fromkeys((*new["runs"], *old["runs"])):
        before, after = old["runs"].get(kernel), new["runs"].get(kernel)
        if before is None or after is None:
            notes.append(f"Linux {kernel}: {'no run' if after is None else 'the first run'}")
            continue
        rows += _rows(kernel, _changes(before["cases"], after["cases"]))
    for kernel in dict.fromkeys((*new["controls"], *old["controls"])):
        before, after = old["controls"].get(kernel), new["controls"].get(kernel)
        if before is None or after is None:
            notes.append(f"controls of {kernel}: {'none now' if after is None else 'new'}")
            continue
        rows += _rows(f"{kernel}, control", _changes(before, after))
    parts: list[Markup] = [element("p", note) for note in notes]
    parts.append(table(["what", "kernel", "before", "now"], rows, "t-changes") if rows else
                 element("p", "No verdict has changed."))
    return join(parts)


def _rows(kernel: str, changes: Sequence[tuple[str, str, str]]) -> list[Row]:
    return [[Cell(name), kernel, Cell(before, before), Cell(after, after)]
            for name, before, after in changes]
