# SPDX-License-Identifier: GPL-2.0
"""The parts of a page, each made from what the shelf holds; what is missing is said."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, Callable, Mapping, Sequence

from ..host import proc
from ..ui import words
from . import covered, plots, schedules
from .html import Cell, Markup, Row, details, element, esc, ident, join, table
from .material import Material, Shelf

# The words of a verdict, the worst first.
STATES = ("failed", "crashed", "hung", "missing", "known", "skipped", "passed")
# In the order in which a reader asks for them.
TOLD = (*(state for state in STATES if state not in ("known", "skipped", "passed")), "passed",
        "skipped", "known")
_OLD = "<br><span class=old>of other suites</span>"
_NOTHING = "No such run was given: "


def name_of(case: Mapping[str, Any]) -> str:
    """'suite.case'."""
    return f"{case['suite']}.{case['name']}"


def missing(how: str) -> Markup:
    """Instead of a part."""
    return element("p", f"{_NOTHING}{how}", "note")


def origin(each: Material, shelf: Shelf) -> Markup:
    """Where it is from, and whether that is today's."""
    old = ", other suites than today's" if shelf.old(each) else ""
    return element("p", f"{each.about()}{old}", "old" if old else "")


def tiles(shelf: Shelf) -> Markup:
    """The verdict of each run, and what else there is to count."""
    items = []
    for each in shelf.runs():
        counts = each.data["counts"]
        parts = [f"{counts[state]} {state}" for state in TOLD if counts.get(state)]
        items.append(f"<li><b class=\"{'passed' if each.data['verdict'] == 'pass' else 'failed'}\">"
                     f"{esc(str(each.data['verdict']).upper())}</b>"
                     f"{esc('Linux ' + each.kernel)}<br>{esc(', '.join(parts))}<br>"
                     f"{esc(each.date)}, commit {esc(each.commit)}"
                     f"{_OLD if shelf.old(each) else ''}"
                     "</li>")
    for each in shelf.of("controls"):
        total = len(each.data["controls"])
        killed = sum(one["outcome"] == "killed" for one in each.data["controls"])
        items.append(f"<li><b>{killed} of {total}</b>{esc('controls killed, ' + each.kernel)}"
                     f"<br>{esc(each.date)}, commit {esc(each.commit)}"
                     f"{_OLD if shelf.old(each) else ''}</li>")
    return Markup(f"<ul class=\"tiles\">{''.join(items)}</ul>") if items else \
        missing("scripts/run.sh --json FILE")


def verdicts(shelf: Shelf) -> Markup:
    """Suites by kernels."""
    runs = shelf.runs()
    if not runs:
        return missing("scripts/run.sh --json FILE")
    suites = list(dict.fromkeys(case["suite"] for run in runs for case in run.data["cases"]))
    rows: list[Row] = []
    for suite in suites:
        row: list[Cell | str] = [Cell(suite)]
        for run in runs:
            states = Counter(case["status"] for case in run.data["cases"]
                             if case["suite"] == suite)
            worst = next((state for state in STATES if states[state]), "")
            row.append(Cell(", ".join(f"{states[state]} {state}" for state in reversed(STATES)
                                      if states[state]) or "none", worst))
        rows.append(row)
    return table(["suite", *(run.kernel for run in runs)], rows, "t-verdicts")


def kills(shelf: Shelf) -> dict[str, list[str]]:
    """The controls that each case has noticed, by 'suite.case'."""
    found: dict[str, list[str]] = {}
    for each in shelf.of("controls"):
        for control in each.data["controls"]:
            for case in (*control["killed_by"], *control["also_failed"]):
                names = found.setdefault(name_of(case), [])
                if control["name"] not in names:
                    names.append(control["name"])
    return found


def all_cases(shelf: Shelf) -> Markup:
    """Each case with its promise, and what became of it on each kernel."""
    runs = shelf.runs()
    if not runs:
        return missing("scripts/run.sh --json FILE")
    noticed = kills(shelf)
    by_run = [{name_of(case): case for case in run.data["cases"]} for run in runs]
    names = list(dict.fromkeys(name for cases in by_run for name in cases))
    rows: list[Row] = []
    for name in names:
        case = next(cases[name] for cases in by_run if name in cases)
        row: list[Cell | str] = [
            Cell(name), " ".join(case["contracts"]), case["summary"]]
        for cases in by_run:
            one = cases.get(name)
            row.append(Cell(one["status"], one["status"]) if one else "")
        seconds = case.get("seconds") or 0.0
        row += [Cell(f"{seconds:.3f}", sort=f"{seconds:.4f}"),
                Cell(str(len(noticed.get(name, ())))) if shelf.of("controls") else "unknown"]
        rows.append(row)
    return table(["case", "contracts", "promise", *(run.kernel for run in runs), "seconds",
                  "controls it noticed"], rows, "t-cases")


def reasons(shelf: Shelf) -> Markup:
    """What failed, was skipped, or is a known bug, and why."""
    rows: list[Row] = []
    for run in shelf.runs():
        for case in run.data["cases"]:
            if case["status"] != "passed":
                rows.append([Cell(name_of(case)), run.kernel,
                             Cell(case["status"], case["status"]), case["reason"]])
    if not rows:
        return element("p", "Every case of every run passed.")
    return table(["case", "kernel", "what", "why"], rows, "t-reasons")


def known_bugs(shelf: Shelf) -> Markup:
    """The bugs that the kernels are known to have, with what mends them."""
    rows: list[Row] = []
    for run in shelf.runs():
        for bug in run.data.get("known_bugs") or ():
            gone = bool(bug["gone"])
            rows.append([Cell(bug["patch"]), run.kernel, bug["happens"], bug["fix"],
                         bug["fixed"] or "not yet", " ".join(bug["breaks"]),
                         Cell("gone" if gone else words.count(len(bug["cases"]), "case"),
                              "wrong" if gone else "known")])
    return table(["bug", "kernel", "what happens", "mended by", "in", "contracts", "shown by"],
                 rows, "t-known") if rows else element("p", "No run has met a known bug.")


def contracts(shelf: Shelf) -> Markup:
    """Which control breaks what, and who killed it."""
    parts: list[Markup] = []
    for each in shelf.of("controls"):
        rows: list[Row] = []
        for control in each.data["controls"]:
            by = [name_of(case) for case in control["killed_by"]]
            also = [name_of(case) for case in control["also_failed"]]
            rows.append([Cell(" ".join(control["breaks"])), control["name"],
                         control["subject"], Cell(control["outcome"], control["outcome"]),
                         ", ".join(by[:3]) + (f" and {len(by) - 3} more" if len(by) > 3
                                              else ""), str(len(by) + len(also))])
        parts += [origin(each, shelf),
                  table(["contract", "control", "mistake", "outcome", "killed by",
                         "cases that failed"], rows, f"t-controls-{ident(each.kernel)}")]
    return join(parts) if parts else missing("scripts/controls.sh --json FILE")


def mutants(shelf: Shelf) -> Markup:
    """How many of each file live, and which."""
    parts: list[Markup] = []
    for each in shelf.of("mutants"):
        fates = each.data["mutants"]
        states = list(dict.fromkeys(fate["state"] for fate in fates))
        files = list(dict.fromkeys(fate["file"] for fate in fates))
        rows: list[Row] = [
            [Cell(file), *(str(sum(fate["file"] == file and fate["state"] == state
                                   for fate in fates)) for state in states)]
            for file in files]
        live = [fate for fate in fates if fate["state"] == "survived"]
        parts += [origin(each, shelf), table(["file", *states], rows),
                  details(f"{words.count(len(live), 'mutant')} that no case noticed", table(
                      ["place", "function", "was", "became", "cases that ran it"],
                      [[Cell(f"{fate['file']}:{fate['line']}"), fate["function"],
                        fate["before"], fate["after"],
                        str(len(fate["cases"]) if isinstance(fate["cases"], list)
                            else fate["cases"])]
                       for fate in live]))]
    return join(parts) if parts else missing("scripts/mutate.sh --json FILE")


def measurements(shelf: Shelf) -> Markup:
    """MW-14 and MV-19: a plot for each thing measured, with its data."""
    parts: list[Markup] = []
    for each in shelf.of("measurements"):
        parts.append(origin(each, shelf))
        groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
        for figure in each.data["figures"]:
            groups.setdefault((figure["case"], figure["unit"]), []).append(figure)
        for (case, unit), figures in groups.items():
            plot = plots.svg(case, unit, figures)
            data = table(["at", *(f"run {number + 1}" for number in
                                  range(max(len(one["values"]) for one in figures)))],
                         [[Cell(str(one["at"])), *map(str, one["values"])]
                          for one in figures])
            parts += [element("h3", f"{case}: {unit}"), plot, details("data", data)]
        if not any("<svg" in part for part in parts):
            parts.append(element("p", "The plots need gnuplot, which is not here.", "note"))
    return join(parts) if parts else missing("mmt measure --json FILE")


def times(shelf: Shelf) -> Markup:
    """How long each run took."""
    rows: list[Row] = [
        [Cell(run.kernel), f"{run.data.get('build_seconds', 0):.0f}",
         f"{run.data.get('boot_seconds', 0):.1f}", f"{run.data.get('seconds', 0):.1f}",
         str(run.data.get("children", 0)), str(run.data.get("mode", "")), run.date, run.commit]
        for run in shelf.runs()]
    return table(["kernel", "build s", "cases s", "all s", "children", "mode", "date", "commit"],
                 rows, "t-times") if rows else missing("scripts/run.sh --json FILE")


def document(path: Path) -> Markup:
    """A document in reStructuredText, without its head; docutils does it."""
    done = proc.run(["rst2html5", "--no-generator", "--no-datestamp", "--report=5",
                     "--link-stylesheet", "--initial-header-level=3",
                     f"--id-prefix={path.stem}-", str(path)])
    start, end = done.output.find("<body"), done.output.rfind("</body>")
    if done.code or start < 0 or end < 0:
        return element("p", f"{path.name} cannot be shown; see it in Documentation/", "note")
    inner = done.output[done.output.find(">", start) + 1:end]
    # Its headings are not ours.
    return Markup(f"<div class=\"doc\">{inner}</div>")


def documents(folder: Path, names: Sequence[str]) -> Markup:
    """Those of @names in @folder, each to be unfolded."""
    return join([details(name.removesuffix(".rst").replace("-", " "), document(folder / name))
                 for name in names if (folder / name).is_file()])


Part = Callable[[Shelf], Markup]
PARTS: tuple[tuple[str, Part], ...] = (
    ("Verdicts", verdicts), ("Failed, skipped, known", reasons), ("Known bugs", known_bugs),
    ("Cases", all_cases), ("Controls", contracts), ("Mutants", mutants),
    ("Coverage", covered.part), ("Schedules", schedules.part),
    ("Measured", measurements), ("Times", times))
