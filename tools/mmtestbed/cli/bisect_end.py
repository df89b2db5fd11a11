# SPDX-License-Identifier: GPL-2.0
"""What a bisection has come to: for people, and as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional, Sequence

from ..errors import Exit
from ..history import bisection, explain
from ..history.bisection import BAD, GOOD, SKIP, Conclusion, Record
from ..history.evidence import Failure
from ..history.trial import Trial
from ..host import lock
from ..kernel import provenance
from ..model.outcomes import Name, Status
from ..model.repository import REPOSITORY
from ..ui import output, tables, words
from ..ui.console import GREEN, RED, YELLOW, Console

_WIDEST = 110


class Ending:
    """Of the bisection with this @record.

    @fixed: the first good commit was looked for, not the first bad one.
    """

    def __init__(self, trial: Trial, record: Record, conclusion: Conclusion,
                 fixed: bool) -> None:
        self._trial = trial
        self._record = record
        self._conclusion = conclusion
        self._fixed = fixed

    def show(self, console: Console, log: Path, json: Optional[Path]) -> int:
        """Print it, and write it to @json; the exit code.

        @log: what git bisect replay understands.
        """
        conclusion, record = self._conclusion, self._record
        console.line()
        console.lines(self._table(), "")
        console.line()
        if conclusion.first:
            self._show_first(conclusion.first, console)
        else:
            self._show_candidates(console)
        flaky = sorted({line for step in record.judged() for line in step.flaky})
        if flaky:
            console.note(f"flaky: {', '.join(flaky)}; the majority of the runs decided")
        console.line(f"logs of the boots: {self._trial.logs}")
        console.line(f"for git bisect replay: {log}")
        if json:
            output.write(json, lock.json_bytes(self._as_json()))
        word = f"{self._first} {conclusion.first[:12]}" if conclusion.first else \
            f"{self._first} is one of {len(conclusion.candidates)}"
        judged = record.judged()
        console.line(f"{'FOUND' if conclusion.first else 'UNCLEAR'}: {word}, "
                     f"{words.count(len(judged), 'step')}, "
                     f"{words.duration(sum(step.took for step in judged))}")
        return Exit.PASSED if conclusion.first else Exit.FAILED

    @property
    def _first(self) -> str:
        """What is looked for."""
        return "first fixed commit" if self._fixed else "first bad commit"

    def _show_first(self, id: str, console: Console) -> None:
        """Say which commit it is, and what it does to the cases."""
        commit = self._trial.ours.commit(id)
        step = next(step for step in self._record.judged() if step.commit == commit.id)
        console.line(console.paint(f"{self._first}: {commit}", GREEN if self._fixed else RED))
        console.line(f"  by        {commit.author}, {commit.date}")
        if self._fixed:
            # It passes: what it mends is to be seen ahead of it.
            step = self._record.ends[BAD]
        if not step.failures and step.verdict == BAD:
            console.line(f"  instead   {step.why}")
        for data in step.failures:
            failure = _failure(data)
            if failure.believed and (not self._fixed or failure.name in self._red_at_bad()):
                console.lines(self._trial.explainer.full(failure), "")
        red = self._red_at_bad()
        console.lines(explain.fold(
            "at BAD", f"{words.count(len(red), 'case')}, breaking "
            f"{' '.join(self._contracts(red))}"), "")

    def _show_candidates(self, console: Console) -> None:
        """Say which commits are left."""
        steps = {step.commit: step for step in self._record.judged()}
        console.line(console.paint(f"the {self._first} cannot be told; it is one of:", YELLOW))
        for id in self._conclusion.candidates:
            known = steps.get(id)
            what = known.why if known and known.verdict == SKIP else \
                (GOOD if self._fixed else BAD)
            console.line(f"  {self._trial.ours.commit(id)}  ({what})")

    def _red_at_bad(self) -> list[Name]:
        """The cases that fail at BAD, those that were not booted again included, and
        that do not fail at GOOD."""
        record = self._record
        bad, good = record.ends[BAD], record.ends[GOOD]
        old = [[data["suite"], data["name"]] for data in good.failures]
        return [(suite, name) for suite, name in [*(record.evidence or []), *bad.unsure]
                if [suite, name] not in old]

    def _contracts(self, names: Sequence[Name]) -> list[str]:
        """The contracts of the cases @names."""
        found = {id for name in names for id in self._trial.explainer.ids(name)}
        return sorted(found, key=lambda id: (id.partition("-")[0],
                                             int(id.partition("-")[2])))

    def _table(self) -> list[str]:
        rows = [["step", "verdict", "commit", "seconds", "why"]]
        for number, step in enumerate(self._record.judged(), 1):
            rows.append([str(number), step.verdict, step.commit[:12],
                         f"{step.took:.1f}", step.why or step.subject])
        return tables.plain(rows, _WIDEST)

    def _as_json(self) -> dict[str, Any]:
        conclusion, record = self._conclusion, self._record
        return {
            "schema": bisection.SCHEMA, "testbed": provenance.origin(REPOSITORY),
            "first_bad": None if self._fixed else conclusion.first,
            "first_fixed": conclusion.first if self._fixed else None,
            "candidates": list(conclusion.candidates), "request": record.request,
            "evidence": [".".join(name) for name in record.evidence or []],
            "contracts": self._contracts(self._red_at_bad()),
            "steps": [{"commit": step.commit, "subject": step.subject,
                       "verdict": step.verdict, "why": step.why, "flaky": step.flaky,
                       "failures": step.failures, "version": step.version,
                       "seconds": {key: round(value, 2)
                                   for key, value in step.seconds.items()}}
                      for step in record.judged()],
        }


def _failure(data: dict[str, Any]) -> Failure:
    return Failure((data["suite"], data["name"]), Status(data["status"]),
                   data["reason"], data["boots"], data["failed"])
