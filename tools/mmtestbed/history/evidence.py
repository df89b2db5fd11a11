# SPDX-License-Identifier: GPL-2.0
"""Ask a kernel whether some cases fail, and do not believe a failure at once.

A case that fails is booted again, alone, and the majority decides: a bisection that
believes one bad boot ends at a commit that has nothing to do with anything.
"""

from __future__ import annotations

import concurrent.futures
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping, Optional, Protocol, Sequence

from ..boot.runner import Enough, Worthwhile
from ..model.outcomes import Name, Outcome, Results, Status

# A case that fails is booted so many times more.
AGAIN = 2
# So many of the cases that fail are booted again; the others are only listed.
MOST = 6


@dataclass
class Failure:
    """A case that did not pass.

    @boots, @failed: how often it was tried, and how often it failed.
    """

    name: Name
    status: Status
    reason: str
    boots: int = 1
    failed: int = 1
    output: list[str] = field(default_factory=list)

    @property
    def believed(self) -> bool:
        """The majority of the runs failed."""
        return 2 * self.failed > self.boots

    @property
    def flaky(self) -> bool:
        """It did not come out the same each time."""
        return self.failed != self.boots

    @property
    def full_name(self) -> str:
        """suite.case."""
        return ".".join(self.name)

    def tally(self) -> str:
        """'3 of 3 runs'."""
        return f"{self.failed} of {self.boots} runs"

    def as_json(self) -> dict[str, Any]:
        """It for a record."""
        return {"suite": self.name[0], "name": self.name[1],
                "status": self.status.value, "reason": self.reason,
                "boots": self.boots, "failed": self.failed}


@dataclass
class Finding:
    """What a kernel did.

    @failures: the cases that failed, the believed ones first.
    @unsure: further cases that failed in their only boot.
    @troubles: what the kernel did with no case to blame.
    """

    failures: list[Failure] = field(default_factory=list)
    unsure: list[Failure] = field(default_factory=list)
    passed: list[Name] = field(default_factory=list)
    skipped: list[Outcome] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    version: str = ""
    boots: int = 0

    @property
    def bad(self) -> list[Failure]:
        """The failures that are believed."""
        return [failure for failure in self.failures if failure.believed]

    @property
    def odd(self) -> bool:
        """The kernel may have other cases than it was believed to have."""
        return bool(self.troubles) or any(failure.status is Status.MISSING
                                          for failure in [*self.failures, *self.unsure])

    @property
    def flaky(self) -> list[Failure]:
        """The cases that did not come out the same each time."""
        return [failure for failure in self.failures if failure.flaky]


class Boots(Protocol):
    """A kernel that can be booted: a runner.Runner."""

    def some(self, expected: Sequence[Name], all_names: Sequence[Name],
             pool: Optional[concurrent.futures.Executor],
             worthwhile: Worthwhile, enough: Optional[Enough]) -> Results:
        """Run @expected."""


def _bad(outcomes: Mapping[Name, Outcome]) -> list[Outcome]:
    return [outcome for outcome in outcomes.values() if not outcome.status.good]


def examine(boots: Boots, wanted: Sequence[Name], all_names: Sequence[Name],
            pool: concurrent.futures.Executor, first: bool = False,
            tell: Callable[[str], None] = lambda text: None,
            likely: Optional[Name] = None) -> Finding:
    """Run the cases @wanted of @all_names.

    @first: the first failure that is believed will do.
    @tell: gets a line for what the user should know meanwhile.
    @likely: a case that is booted alone from the start, beside the others, as often as
        it will be if it fails; so it is the majority that says whether it passes, too.
    """
    found = Finding()
    todo = list(wanted)
    early = _start(boots, likely, all_names, pool) \
        if likely and likely in todo else []
    while todo:
        results = boots.some(
            todo, all_names, pool,
            lambda results, names: not (first and _bad(results.outcomes)),
            (lambda outcomes: bool(_bad(outcomes))) if first else None)
        found.boots += results.boots
        found.version = results.version or found.version
        found.troubles += [trouble.what for trouble in results.troubles
                           if trouble.what not in found.troubles]
        for name in todo:
            outcome = results.outcomes.get(name)
            if outcome and outcome.status is Status.PASSED:
                found.passed.append(name)
            elif outcome and outcome.status is Status.SKIPPED:
                found.skipped.append(outcome)
        bad = sorted(_bad(results.outcomes), key=_patience)
        if early:
            bad.sort(key=lambda outcome: outcome.key != likely)
        for number, outcome in enumerate(bad):
            failure = Failure(outcome.key, outcome.status, outcome.reason,
                              output=outcome.output)
            if number >= MOST or (first and found.bad):
                found.unsure.append(failure)
                continue
            mine = early if failure.name == likely else []
            _count(failure, mine or _start(boots, failure.name, all_names, pool), found)
            if mine:
                early = []
            found.failures.append(failure)
        if not first or found.bad or not results.outcomes:
            break
        todo = [name for name in todo if name not in results.outcomes]
    if early and likely and likely in found.passed:
        _doubt(found, likely, early)
    for failure in found.flaky:
        tell(f"{failure.full_name} is flaky: it fails in {failure.tally()}; the majority "
             "decides")
    found.failures.sort(key=lambda failure: not failure.believed)
    return found


def _patience(outcome: Outcome) -> tuple[bool, float]:
    """What costs less comes first."""
    return (outcome.status is Status.HUNG, outcome.seconds)


_Boots = list["concurrent.futures.Future[Results]"]


def _start(boots: Boots, name: Name, all_names: Sequence[Name],
           pool: concurrent.futures.Executor) -> _Boots:
    """Boot the case @name again, alone."""
    return [pool.submit(boots.some, [name], all_names, None,
                        lambda results, names: True, None) for _ in range(AGAIN)]


def _count(failure: Failure, boots: _Boots, found: Finding) -> None:
    """Add to @failure what comes out of @boots."""
    for future in boots:
        results = future.result()
        outcome = results.outcomes.get(failure.name)
        found.boots += results.boots
        failure.boots += 1
        if outcome is None or not outcome.status.good:
            failure.failed += 1
            if outcome and not failure.reason:
                failure.status, failure.reason = outcome.status, outcome.reason
                failure.output = outcome.output


def _doubt(found: Finding, name: Name, boots: _Boots) -> None:
    """The case @name has passed: what does it do in @boots?"""
    failure = Failure(name, Status.FAILED, "", failed=0)
    _count(failure, boots, found)
    if failure.failed:
        found.passed.remove(name)
        found.failures.append(failure)
