# SPDX-License-Identifier: GPL-2.0
"""Schedules on the page: what was explored, and bad or replayed ones as lanes.

A schedule is shown as one lane for each task, side by side; time goes down.
"""

from __future__ import annotations

import re
from typing import Any, Iterable, Mapping, Sequence

from ..ui import words
from .html import Cell, Markup, Row, details, element, esc, ident, join, table
from .material import Material, Shelf

_HOW = "mmt explore --json FILE"
# program, order of the tasks, switches, digest: explore/schedule.py.
_ID = re.compile(r"([\w:+-]+)/(\d+)((?:/\d+>\d+)*)(?:=[0-9a-f]+)?")
# So many points of a stretch are shown at each end.
_ENDS = 3


def lanes(ops: Sequence[str], rows: Iterable[tuple[int, str, str]]) -> Markup:
    """A lane for each of @ops; @rows: (task, what it does, a class of the style sheet)."""
    head = "".join(f'<th scope="col">task {number}: {esc(op)}</th>'
                   for number, op in enumerate(ops))
    lines = [f'<div class="wide"><table class="lanes"><thead><tr>{head}</tr></thead><tbody>']
    for task, text, kind in rows:
        cells = "".join(f'<td class="{kind or "on"}">{esc(text)}</td>' if number == task else
                        "<td></td>" for number in range(len(ops)))
        lines.append(f"<tr>{cells}</tr>")
    return Markup("\n".join([*lines, "</tbody></table></div>"]))


def of_id(text: str) -> Markup:
    """The lanes of the schedule called @text: who runs between which points."""
    match = _ID.fullmatch(text)
    if not match:
        return element("p", f"{text} is no id of a schedule", "note")
    program, order, switches, _ = *match.groups(), ""
    ops = program.partition(":")[2].split("+")
    rows: list[tuple[int, str, str]] = []
    now, begin = int(order[0]), 0
    for point, task in re.findall(r"/(\d+)>(\d+)", switches):
        rows.append((now, f"points {begin} to {point}, then task {task}", "switch"))
        now, begin = int(task), int(point) + 1
    rows.append((now, f"points {begin} to its end", ""))
    rows += [(int(task), "to its end", "") for task in order if int(task) != now]
    return lanes(ops, rows)


def of_points(ops: Sequence[str], points: Sequence[Mapping[str, Any]]) -> Markup:
    """The lanes of a schedule that was replayed: what each task did at each point."""
    rows: list[tuple[int, str, str]] = []
    stretch: list[Mapping[str, Any]] = []
    for each in [*points, None]:
        if stretch and (each is None or each["task"] != stretch[0]["task"]):
            shown = [*map(_row, stretch)]
            if len(shown) > 2 * _ENDS + 1:
                middle = (int(stretch[0]["task"]), f"... {len(shown) - 2 * _ENDS} points", "")
                shown = [*shown[:_ENDS], middle, *shown[-_ENDS:]]
            rows += shown
            stretch = []
        if each is not None:
            stretch.append(each)
    return lanes(ops, rows)


def _row(point: Mapping[str, Any]) -> tuple[int, str, str]:
    lock = f" {point['lock']}" if point["lock"] else ""
    place = f": {point['place']}" if point["place"] else ""
    to = "" if point["to"] is None else f"  \u2192 task {point['to']}"
    return int(point["task"]), f"{point['number']} {point['what']}{lock}{place}{to}", \
        "switch" if to else ""


def part(shelf: Shelf) -> Markup:
    """All that was explored."""
    parts: list[Markup] = []
    for each in shelf.of("schedules"):
        old = ", other suites than today's" if shelf.old(each) else ""
        parts.append(element("p", f"{each.about()}{old}; at most "
                             f"{words.count(each.data['switches'], 'switch')} at "
                             f"{each.data['points']}", "old" if old else ""))
        parts += [*_programs(each), *_hunts(each), *_replay(each)]
    return join(parts) if parts else element(
        "p", f"No such run was given: {_HOW}", "note")


def _programs(each: Material) -> list[Markup]:
    found = each.data.get("programs")
    if found is None:
        return []
    rows: list[Row] = []
    for one in found:
        done = sum(level["done"] for level in one["levels"])
        total = sum(level["schedules"] for level in one["levels"])
        verdict = str(one["verdict"])
        kind = "failed" if one["bad"] else "passed" if verdict.startswith("good") else "known"
        rows.append([Cell(str(one["program"])), str(one["points"]),
                     f"{done} of {total}", str(len(one["ends"])), f"{one['seconds']:.1f}",
                     Cell(verdict, kind)])
    bad = [details(f"{wrong['id']}: {wrong['why']}", of_id(str(wrong["id"])))
           for one in found for wrong in one["bad"]]
    return [table(["program", "points", "schedules", "ends", "seconds", "verdict"], rows,
                  f"t-explored-{ident(each.kernel)}-{each.data['switches']}"), *bad]


def _hunts(each: Material) -> list[Markup]:
    found = each.data.get("hunts")
    if found is None:
        return []
    rows: list[Row] = [
        [Cell(str(one["control"])), Cell("found" if one["found"] else "not found",
                                         "killed" if one["found"] else "survived"),
         str(one["program"]) or "none", str(one["switches"]), str(one["schedules"]),
         str(one["why"])] for one in found]
    return [table(["control", "outcome", "by the program", "switches", "schedules", "why"], rows,
                  f"t-hunts-{ident(each.kernel)}-{each.data['switches']}"),
            *(details(f"{one['control']}: {one['id']}", of_id(str(one["id"])))
              for one in found if one["id"])]


def _replay(each: Material) -> list[Markup]:
    one = each.data.get("replay")
    if one is None:
        return []
    verdict = str(one["why"]) or f"good; ends with {one['end']}"
    return [element("h3", str(one["id"])),
            element("p", verdict, "failed" if one["why"] else "passed"),
            of_points(one["ops"], one["points"])]
