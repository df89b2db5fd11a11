# SPDX-License-Identifier: GPL-2.0
"""A bisection: git says which commit is next, somebody else says how it is.

git's own state lies in the private repository.  What has been judged is also kept as
JSON, and that is what a bisection resumes from: git is told all of it again, so that
it does not matter where between the two the last run was killed.
"""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Callable, Optional

from ..errors import TestbedError
from ..git.gitrepo import Commit, Ours
from ..host import lock

SCHEMA = 1
GOOD, BAD, SKIP = "good", "bad", "skip"
# What git calls old and new commits, where the old ones are bad.
BROKEN, FIXED = "broken", "fixed"
_FIRST = re.compile(r"^([0-9a-f]{40,64}) is the first (?:bad|fixed) commit", re.MULTILINE)
_ID = re.compile(r"^([0-9a-f]{40,64})$", re.MULTILINE)
_LEFT = re.compile(r"roughly (\d+) steps?\)")


@dataclass
class Step:
    """One commit that has been judged.

    @why: in one line, what failed or why it cannot be judged.
    @failures: the cases that failed, as evidence.Failure has them.
    @unsure: further cases that failed, in their only boot.
    @sha: SHA-256 of the kernel, "" if there was none.
    @seconds: of checkout, build and boots.
    """

    commit: str
    subject: str
    verdict: str
    why: str = ""
    failures: list[dict[str, Any]] = field(default_factory=list)
    unsure: list[list[str]] = field(default_factory=list)
    flaky: list[str] = field(default_factory=list)
    sha: str = ""
    version: str = ""
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def took(self) -> float:
        """Seconds, all in all."""
        return sum(self.seconds.values())


@dataclass
class Record:
    """All that a bisection has to remember.

    @request: what was asked for; another request is another bisection.
    @evidence: the cases whose failure makes a commit bad.
    @trouble: a kernel that misbehaves with no case to blame makes a commit bad, too.
    @ends: how the two commits given came out, by "good" and "bad".
    """

    request: dict[str, Any]
    evidence: Optional[list[list[str]]] = None
    trouble: bool = False
    ends: dict[str, Step] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    finished: bool = False

    def judged(self) -> list[Step]:
        """Both ends, as far as they have been looked at, and the steps."""
        return [*(self.ends[key] for key in (BAD, GOOD) if key in self.ends),
                *self.steps]

    def save(self, path: Path) -> None:
        """Write it to @path in one step."""
        lock.write_json(path, {"schema": SCHEMA, **asdict(self)})


def load(path: Path) -> Optional[Record]:
    """The record in @path; None if there is none that can be used."""
    data = lock.read_json(path)
    if not isinstance(data, dict) or data.pop("schema", None) != SCHEMA:
        return None
    try:
        ends = {key: Step(**step) for key, step in data.pop("ends").items()}
        steps = [Step(**step) for step in data.pop("steps")]
        return Record(ends=ends, steps=steps, **data)
    except (AttributeError, KeyError, TypeError):
        return None


@dataclass(frozen=True)
class Conclusion:
    """@first: the first bad commit, or the first good one if it is the fix that is looked
    for; None if it can be any of @candidates."""

    first: Optional[str]
    candidates: tuple[str, ...] = ()


# (commit, how many steps git expects after it): how it is.
Judge = Callable[[Commit, int], Step]


def expected(commits: int) -> int:
    """How many steps a bisection of @commits takes, about."""
    return max(0, math.ceil(math.log2(commits))) if commits > 0 else 0


class Bisection:
    """Between the older commit @old and the newer one @new in @ours.  @record holds what is
    known already.

    @done: called after each step.  @fixed: @old is bad and @new is good.
    """

    def __init__(self, ours: Ours, old: str, new: str, record: Record,
                 done: Callable[[], None], fixed: bool = False) -> None:
        self._ours = ours
        self._old = old
        self._new = new
        self._fixed = fixed
        self._record = record
        self._done = done

    def run(self, judge: Judge) -> Conclusion:
        """Bisect to the end.  Raises TestbedError if git cannot."""
        ours = self._ours
        # An unborn HEAD is nothing to start from.
        ours.git("update-ref", "--no-deref", "HEAD", self._new)
        ours.run("bisect", "reset")
        terms = (f"--term-old={BROKEN}", f"--term-new={FIXED}") if self._fixed else ()
        found = self._tell("start", "--no-checkout", *terms, self._new, self._old)
        for step in self._record.steps:
            if isinstance(found, Conclusion):
                break
            found = self._tell(self._word(step.verdict), step.commit)
        while not isinstance(found, Conclusion):
            commit = ours.commit("BISECT_HEAD")
            step = judge(commit, found)
            self._record.steps.append(step)
            self._done()
            found = self._tell(self._word(step.verdict), step.commit)
        return found

    def log(self) -> str:
        """What git bisect replay understands."""
        return self._ours.run("bisect", "log").output

    def _word(self, verdict: str) -> str:
        """What git calls @verdict."""
        return {GOOD: FIXED, BAD: BROKEN}.get(verdict, verdict) if self._fixed else verdict

    def _tell(self, *words: str) -> "Conclusion | int":
        """Tell git; the conclusion, or how many steps it expects after the next."""
        done = self._ours.run("bisect", *words)
        first = _FIRST.search(done.output)
        if first:
            return Conclusion(first.group(1))
        if "'skip'ped commits left" in done.output or \
           "only skipped commits left" in done.output.lower():
            return Conclusion(None, tuple(_ID.findall(done.output)))
        merge = re.search(r"The merge base ([0-9a-f]+) is (?:bad|fixed)", done.output)
        if merge and self._fixed:
            raise TestbedError(
                f"{merge.group(1)[:12]}, where BAD and GOOD part, is good already: BAD broke "
                "it later; give a BAD that GOOD descends from")
        if merge:
            raise TestbedError(
                f"{merge.group(1)[:12]}, where GOOD and BAD part, is bad already: "
                "GOOD holds a fix that BAD lacks; swap them to look for the fix, or "
                "give a GOOD that BAD descends from")
        if done.code != 0:
            raise TestbedError(f"git bisect {words[0]} fails",
                               done.output.splitlines()[:6])
        left = _LEFT.search(done.output)
        return int(left.group(1)) if left else 0
