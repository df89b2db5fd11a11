# SPDX-License-Identifier: GPL-2.0
"""Which mistakes in the changed lines no case would notice."""

import collections
import json

from ...errors import HostError, TestbedError
from ...history import mutations
from ...host import deps
from ...ui.words import count
from . import SHOWN, Result, Series, SeriesCheck, Status, skip
from .coverage import added


class Mutants(SeriesCheck):
    """Mutation of what the series adds or changes.  It warns, and never fails a series."""

    name = "mutants"
    title = "mistakes in the changed lines that no case notices"
    order = 130

    def missing(self) -> str:
        """What reads C, to change it."""
        absent = deps.missing(deps.MUTATE)
        return f"{absent[0].package} is not installed" if absent else ""

    def judge(self, series: Series) -> Result:
        """Run the suites at the tip once more, on a kernel with mutants."""
        files = sorted({path for patch in series.patches for path in patch.sources()})
        if not files:
            return skip("the series touches no .c file")
        if series.mutate is None or series.tip not in series.findings:
            return skip("no kernel was booted at the tip")
        lines: dict[str, set[int]] = {}
        texts: dict[str, list[str]] = {}
        for path in files:
            new = series.built(series.tip, path)
            if new is None:
                continue
            fresh = added(series.built(series.base, path) or b"", new, series.scratch)
            if fresh:
                lines[path] = fresh
                texts[path] = new.decode("utf-8", "replace").splitlines()
        if not lines:
            return skip("the series adds no line to a .c file")
        target = series.scratch / "mutants.json"
        try:
            series.mutate(lines, target)
            found = mutations.read(json.loads(target.read_text(encoding="utf-8")))
        except HostError:
            raise
        except (OSError, ValueError) as err:
            return Result(Status.WARN, f"cannot read what became of the mutants: {err}")
        except TestbedError as err:
            # The plain kernel has been built: it is hardly the fault of the series.
            return Result(Status.WARN, f"not made: {err.message}", err.details)
        return _sum(found, texts)


def _sum(found: mutations.Found, texts: dict[str, list[str]]) -> Result:
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
