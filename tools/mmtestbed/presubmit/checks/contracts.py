# SPDX-License-Identifier: GPL-2.0
"""Which contracts the series has to do with.

A control breaks its contract in some functions.  A series that changes one of these
functions can break the contract as well, and the cases of it are there to tell.
"""

import re

from ...model import functions, repository
from ...proof import controls
from ...proof.controls import Control
from ...ui.words import count
from . import Result, Series, SeriesCheck, Status

_SHOWN = 12


def _where(series: Series, control: Control, paths: set[str]) -> set[tuple[str, str]]:
    """The functions of @paths that @control changes, by (file, function)."""
    if control.rule:
        return {(place.file, name) for place in control.rule.places
                if place.file in paths for name in place.functions}
    found = set()
    for path, hunks in functions.hunks(control.text).items():
        text = series.built(series.base, path) if path in paths else None
        if text is None:
            continue
        lines = text.decode("utf-8", "replace").splitlines()
        for hunk in hunks:
            start = functions.find(lines, hunk)
            if start is not None:
                found |= {(path, name) for name in functions.at(
                    lines, {start + offset for offset in hunk.changed})}
    return found


class Contracts(SeriesCheck):
    """The contracts of the functions that the series changes."""

    name = "contracts"
    title = "the contracts that the changed functions keep, by the controls"
    order = 100

    def judge(self, series: Series) -> Result:
        """Compare the functions of the series with those of the controls."""
        paths = {path for patch in series.patches for path in patch.files}
        mine: set[tuple[str, str]] = set()
        for path in sorted(paths):
            if not path.endswith((".c", ".h")):
                continue
            for commit, removed in ((series.base, True), (series.tip, False)):
                text = series.ours.show(commit, path)
                changed = functions.changed(
                    series.ours.diff(series.base, series.tip), path, removed)
                if text is not None:
                    mine |= {(path, name)
                             for name in functions.at(text.splitlines(), changed)}
        touched: dict[str, set[str]] = {}
        for control in controls.read(repository.REPOSITORY / "patches" / "controls"):
            if not control.is_for(series.line):
                continue
            for _, function in _where(series, control, paths) & mine:
                for id in control.breaks:
                    touched.setdefault(id, set()).add(function)
        if not touched:
            return Result(Status.WARN, f"none: no control breaks any of "
                          f"{count(len(mine), 'function')} that the series changes; the "
                          "suites say little about it")
        ids = sorted(touched, key=lambda id: (id[:2], int(re.sub(r"\D", "", id))))
        details = [f"  {id:6} by {', '.join(sorted(touched[id]))}" for id in ids]
        return Result(Status.PASS, f"{' '.join(ids[:_SHOWN])}"
                      + (" ..." if len(ids) > _SHOWN else ""), tuple(details))
