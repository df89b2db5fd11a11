# SPDX-License-Identifier: GPL-2.0
"""Cases that have to end in a report of the kernel.

The kernel-doc of such a case has a line for each report, for instance::

    Report: bug put_page_testzero
    Report: warning mm/memremap.c

with the kind, as in guards.py, and a part of the report: a function, a file, a
condition. What differs between kernels is set apart by " | ".  The case gets a boot
of its own and has passed exactly if these reports come, and no other.  In every
other boot it skips itself, and does not count.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Mapping, Sequence

from ..model.cases import Case
from ..model.outcomes import Name, Outcome, Splat, Status
from . import guards, judge

# Makes the kernel run such a case; for its command line.
ARGUMENT = "mm_kunit.expect_report=1"


def wanted(cases: Mapping[Name, Case]) -> dict[Name, tuple[str, ...]]:
    """The reports that each of @cases has to end in, without those of no report."""
    return {name: case.reports for name, case in cases.items() if case.reports}


def alternatives(report: str) -> list[tuple[str, str]]:
    """(kind, text) of what is after "Report:"; kind is "" if there is no such kind."""
    found = []
    for words in report.split(" | "):
        kind = max((kind for kind in guards.KINDS if words.startswith(kind + " ")),
                   key=len, default="")
        found.append((kind, words[len(kind):].strip()))
    return found


def matches(report: str, splat: Splat) -> bool:
    """True if @splat is what @report, from a kernel-doc, demands."""
    return any(kind == splat.kind and
               any(text in line for line in [splat.title, splat.where, *splat.lines])
               for kind, text in alternatives(report))


def settle(outcome: Outcome, reports: Sequence[str]) -> Outcome:
    """What became of a case that has to end in @reports.

    @outcome: what the judge made of its own boot.  The reports that had to come are
    not held against it any more.
    """
    if outcome.status not in (Status.PASSED, Status.FAILED, Status.CRASHED):
        return outcome
    came = [s for s in outcome.splats if any(matches(r, s) for r in reports)]
    others = [s for s in outcome.splats if s not in came]
    absent = [r for r in reports if not any(matches(r, s) for s in came)]
    crashed = outcome.status is Status.CRASHED
    settled = replace(outcome, splats=others, expected=came)
    if others:
        reason = judge.why(others)
    elif absent:
        reason = f"the kernel did not report '{absent[0]}'" + \
            (f"; {outcome.reason}" if outcome.reason else "")
    elif crashed and not came[-1].fatal:
        reason = f"the kernel went down after {judge.why(came)}"
    elif crashed and len(came) > len(reports):
        reason = f"reported {len(came)} times: {judge.why(came)}"
    elif crashed:
        return replace(settled, status=Status.PASSED, reason="")
    else:
        return settled
    return replace(settled, status=Status.CRASHED if crashed else Status.FAILED,
                   reason=reason)
