# SPDX-License-Identifier: GPL-2.0
"""A run for programs; Documentation/run.rst describes it."""

from __future__ import annotations

import collections
import re
from typing import Any, Iterable

from ..model.outcomes import Outcome, Splat, Status
from .schema import SCHEMA
from .verdict import Run


# What a case prints for a table of the documentation.
_ROW = re.compile(r"^\s*# \w+: row: (.+)$")


def of(run: Run) -> dict[str, Any]:
    """@run as Documentation/run.rst describes it."""
    tally = collections.Counter(o.status.value for o in run.outcomes)
    return {
        "schema": SCHEMA, "testbed": run.testbed,
        "kernel_version": run.version, "line": run.line,
        "variant": run.variant, "source": run.origin,
        "patches": list(run.patches), "applied": [
            {"patch": each.patch, "variant": each.variant, "how": each.how}
            for each in run.taken],
        "verdict": run.word().lower(),
        "exit_code": int(run.code), "error": run.error,
        "counts": {status.value: tally[status.value] for status in Status},
        "build_seconds": round(run.build_seconds, 3),
        "boot_seconds": round(run.boot_seconds, 3),
        "seconds": round(run.seconds, 3), "boots": run.boots,
        "shard": run.shard, "repeat": run.repeat, "shuffle_seed": run.shuffle,
        "mode": "children" if run.children else "boots", "children": run.children,
        "time": "virtual" if run.virtual else "host", "seed": run.seed,
        "skipped_but_not_on": {"kernel_version": run.nearest,
                               "cases": dict(run.elsewhere)},
        "notes": run.notes, "known_bugs": [
            {"patch": bug.name, "fix": bug.fix, "fixed": bug.fixed,
             "happens": bug.happens, "breaks": list(bug.breaks),
             "cases": [".".join(o.key) for o in run.shown().get(bug, ())],
             "gone": [".".join(name) for other, name in run.known.gone if other is bug]}
            for bug in run.known.bugs],
        "coverage": run.coverage,
        "troubles": [{"what": t.what, "guards": [_splat(s) for s in t.splats]}
                     for t in run.troubles],
        "cases": [_case(run, o) for o in run.outcomes],
    }


def rows(output: Iterable[str]) -> list[str]:
    """What a case has printed after "row:"."""
    return [match[1] for line in output if (match := _ROW.match(line))]


def _case(run: Run, outcome: Outcome) -> dict[str, Any]:
    case = run.cases.get(outcome.key)
    return {
        "suite": outcome.suite, "name": outcome.name,
        "status": outcome.status.value, "seconds": round(outcome.seconds, 4),
        "seed": outcome.seed,
        "contracts": list(run.contracts(outcome.key)),
        "summary": case.summary if case else "",
        "file": run.place(outcome)[0], "line": run.place(outcome)[1],
        "reason": outcome.reason,
        "flaky": dict(run.flaky.get(outcome.key, {})),
        "rows": rows(outcome.output),
        "guards": [_splat(splat) for splat in outcome.splats],
        "expected": [_splat(splat) for splat in outcome.expected],
        "output": [] if outcome.status in (Status.PASSED, Status.SKIPPED)
        else outcome.output,
    }


def _splat(splat: Splat) -> dict[str, Any]:
    return {"kind": splat.kind, "title": splat.title, "where": splat.where,
            "fatal": splat.fatal, "lines": splat.lines}
