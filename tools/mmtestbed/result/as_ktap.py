# SPDX-License-Identifier: GPL-2.0
"""A run as one KTAP, as if one kernel had run it all."""

from __future__ import annotations

from ..model.outcomes import Outcome, Status
from .verdict import Run


def of(run: Run) -> bytes:
    """@run, with what the bad cases have printed as diagnostic lines."""
    suites: dict[str, list[Outcome]] = {}
    for outcome in run.outcomes:
        suites.setdefault(outcome.suite, []).append(outcome)
    bad = {outcome.key for outcome in run.bad()}
    lines = ["KTAP version 1", f"1..{len(suites)}"]
    for number, (suite, outcomes) in enumerate(suites.items(), 1):
        lines += ["    KTAP version 1", f"    # Subtest: {suite}",
                  f"    1..{len(outcomes)}"]
        for index, outcome in enumerate(outcomes, 1):
            lines += _case(run, outcome, index, outcome.key in bad)
        failed = any(outcome.key in bad for outcome in outcomes)
        lines.append(f"{'not ok' if failed else 'ok'} {number} {suite}")
    for trouble in run.troubles:
        lines.append(f"# the kernel misbehaved: {trouble.what}")
    if run.error:
        lines.append(f"Bail out! {run.error}")
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")


def _case(run: Run, outcome: Outcome, number: int, bad: bool) -> list[str]:
    lines = []
    if bad:
        file, line = run.place(outcome)
        where = f"{file}:{line}: " if file else ""
        said = [f"{where}{outcome.status.value}: {outcome.reason}", *outcome.output,
                *(text for splat in outcome.splats for text in splat.lines)]
        lines = [f"        # {outcome.name}: {text.strip()}" for text in said]
    known = outcome.status is Status.KNOWN
    more = f" # SKIP {outcome.reason}" if outcome.status is Status.SKIPPED else \
        f" # TODO {outcome.reason}" if known else ""
    return [*lines, f"    {'not ok' if bad or known else 'ok'} {number} {outcome.name}{more}"]
