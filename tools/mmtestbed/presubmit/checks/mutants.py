# SPDX-License-Identifier: GPL-2.0
"""Which mistakes in the changed lines no case would notice."""

import collections
import json
from typing import Mapping, Sequence

from ...history import mutations
from ...host import deps
from ...ui.words import count
from . import SHOWN, OneMoreKernel, Result, Series, Status, skip


class Mutants(OneMoreKernel):
    """Mutation of what the series adds or changes.  It warns, and never fails a series."""

    name = "mutants"
    title = "mistakes in the changed lines that no case notices"
    order = 130
    without = "not made"

    def missing(self) -> str:
        """What reads C, to change it."""
        absent = deps.missing(deps.MUTATE)
        return f"{absent[0].package} is not installed" if absent else ""

    def measure(self, series: Series) -> Result:
        """What becomes of mistakes in the lines that the series adds."""
        fresh = {path: what for path, what in series.fresh().items() if what.lines}
        if not fresh:
            return skip("the series adds no line to a .c file")
        target = series.scratch / "mutants.json"
        series.mutate({path: what.lines for path, what in fresh.items()}, target)
        try:
            found = mutations.read(json.loads(target.read_text(encoding="utf-8")))
        except (OSError, ValueError) as err:
            return Result(Status.WARN, f"cannot read what became of the mutants: {err}")
        return _sum(found, {path: what.text for path, what in fresh.items()})


def _sum(found: mutations.Found, texts: Mapping[str, Sequence[str]]) -> Result:
    """What became of the mutants that were @found, with the lines of @texts."""
    live = len(found.killed) + len(found.survived) + len(found.unreached)
    if not live:
        return skip("there is nothing to get wrong in the changed lines that this kernel "
                    "is built from")
    unnoticed = [*found.survived, *found.unreached]
    if not unnoticed:
        return Result(Status.PASS, f"a case notices each of {count(live, 'mistake')} in the "
                      "changed lines")
    places: dict[tuple[str, int], list[str]] = collections.defaultdict(list)
    for mutant in unnoticed:
        where = "" if mutant in found.survived else " (no case gets there)"
        after = f" -> {mutant.after}" if mutant.after else ""
        places[(mutant.file, mutant.line)].append(
            f"    {mutant.op}: {mutant.before}{after}{where}")
    details = []
    for (path, line), what in sorted(places.items())[:SHOWN]:
        text = texts.get(path, [])
        source = text[line - 1].strip() if line <= len(text) else ""
        details += [f"  {path}:{line}: {source}", *what]
    if len(places) > SHOWN:
        details.append(f"  and {count(len(places) - SHOWN, 'more line')}")
    return Result(Status.WARN, f"{len(unnoticed)} of {count(live, 'mistake')} in the changed "
                  f"lines, in {count(len(places), 'line')}, are not asserted by anything",
                  tuple(details))
