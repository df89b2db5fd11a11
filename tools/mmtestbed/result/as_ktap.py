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
    wrong = [f"the kernel misbehaved: {trouble.what}" for trouble in run.troubles]
    wrong += [run.error] if run.error else []
    lines = ["KTAP version 1", f"1..{len(suites) + bool(wrong)}"]
    for number, (suite, outcomes) in enumerate(suites.items(), 1):
        lines += ["    KTAP version 1", f"    # Subtest: {suite}",
                  f"    1..{len(outcomes)}"]
        for index, outcome in enumerate(outcomes, 1):
            lines += _case(run, outcome, index, outcome.key in bad)
        failed = any(outcome.key in bad for outcome in outcomes)
        lines.append(f"{'not ok' if failed else 'ok'} {number} {suite}")
    if wrong:
        # A result, so that whoever only counts them sees it as well.
        lines += ["    KTAP version 1", "    # Subtest: kernel", "    1..1",
                  *(f"    # run: {' '.join(text.split())}" for text in wrong),
                  "    not ok 1 run", f"not ok {len(suites) + 1} kernel"]
    if run.error:
        lines.append(f"Bail out! {' '.join(run.error.split())}")
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")


def _case(run: Run, outcome: Outcome, number: int, bad: bool) -> list[str]:
    lines = []
    if bad:
        file, line = run.place(outcome)
        where = f"{file}:{line}: " if file else ""
        said = [f"{where}{outcome.status.value}: {outcome.reason}", *outcome.output,
                *(text for splat in outcome.splats for text in splat.lines)]
        lines = [f"        # {outcome.name}: {text.strip()}" for text in said]
    # kunit.py knows SKIP alone: with TODO, a known bug would fail the run there.
    more = f" # SKIP {' '.join(outcome.reason.split())}" \
        if outcome.status in (Status.SKIPPED, Status.KNOWN) and not bad else ""
    return [*lines, f"    {'not ok' if bad else 'ok'} {number} {outcome.name}{more}"]
