# SPDX-License-Identifier: GPL-2.0
"""Cases that came out differently at the base and at the tip."""

from ...history.evidence import Finding
from ...model.outcomes import Name
from ...ui.words import count
from . import Result, Series, SeriesCheck, Status, skip


def outcomes(found: Finding) -> dict[Name, str]:
    """How each case came out."""
    words = {name: "passes" for name in found.passed}
    words.update({outcome.key: "is skipped" for outcome in found.skipped})
    words.update({failure.name: "fails" if failure.believed else "passes"
                  for failure in [*found.failures, *found.unsure]})
    return words


class Verdicts(SeriesCheck):
    """What the series as a whole turns red or green."""

    name = "verdicts"
    title = "cases that change their verdict between base and tip"
    order = 110

    def judge(self, series: Series) -> Result:
        """Compare the two ends."""
        base, tip = series.findings.get(series.base), series.findings.get(series.tip)
        if base is None or tip is None:
            return skip(f"no kernel was booted at the {'tip' if base else 'base'}")
        old, new = outcomes(base), outcomes(tip)
        changes = [(name, old.get(name, "is not there"), new.get(name, "is not there"))
                   for name in sorted({*old, *new})
                   if old.get(name) != new.get(name)]
        lines = [f"  {'.'.join(name)} ({' '.join(series.contracts.get(name, ()))}): "
                 f"{before} at the base, {after} at the tip"
                 for name, before, after in changes]
        worse = sum(after == "fails" for _, _, after in changes)
        if worse:
            return Result(Status.FAIL, f"{count(worse, 'case')} turned red",
                          tuple(lines))
        if changes:
            return Result(Status.WARN, f"{count(len(changes), 'case')} changed, none to "
                          "the worse", tuple(lines))
        return Result(Status.PASS, f"none of {count(len(new), 'case')} changed")
