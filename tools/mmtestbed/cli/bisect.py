# SPDX-License-Identifier: GPL-2.0
"""scripts/bisect.sh: which commit broke it?"""

from __future__ import annotations

import dataclasses
import shutil
import sys
import time
from pathlib import Path
from typing import Optional, Sequence

from ..errors import HostError, TestbedError, UsageError
from ..git import gitrepo
from ..git.gitrepo import Commit
from ..history import bisection, trial
from ..history.bisection import BAD, GOOD, SKIP, Bisection, Record, Step
from ..history.evidence import Finding
from ..history.trial import Trial
from ..host import lock
from ..kernel.workshop import Workshop
from ..model import cases, selectors
from ..model.options import Options
from ..model.outcomes import Name
from ..model.repository import SUITES
from ..ui import output, words
from ..ui.console import GREEN, RED, YELLOW, Console
from . import bisect_end, bisect_options, passed, shared
from .session import Ground, Session


_COLOUR = {GOOD: GREEN, BAD: RED, SKIP: YELLOW}


class Command:
    """One call of scripts/bisect.sh."""

    def __init__(self, wanted: bisect_options.Options, console: Console) -> None:
        self._wanted = wanted
        self._console = console
        self._shop = Workshop(self._options(wanted.words, wanted.fixes), console)
        self._trial = Trial(self._shop, console, {
            (case.suite, case.name): case for case in cases.read(SUITES)})
        console.aside(output.distinct(wanted.json))
        self._record = Record({})
        self._begun = time.monotonic()
        self._started = False

    # The set-up.

    def _options(self, words: Sequence[str], fixes: bool) -> Options:
        """Of each kernel; @words: those behind --.  Raises UsageError."""
        wanted = self._wanted
        return dataclasses.replace(passed.options(
            words, str(wanted.kdir), shared.me("bisect"), wanted.install), fixes=fixes)

    def run(self) -> int:
        """Do it all; the exit code."""
        return Session(self, self._console).run()

    def broken(self, err: TestbedError) -> int:
        """Tell the user; what is half-found is in the record."""
        self._console.error(self._shop.blamed(err))
        return err.code

    def stopped(self) -> None:
        """Say how it goes on."""
        if self._started:
            print(f"mm-testbed: {words.count(len(self._record.judged()), 'step')} "
                  "kept; call it again in the same way, or with --resume, to go on",
                  file=sys.stderr, flush=True)

    def prepare(self) -> Path:
        """What needs the host as it is.  Raises TestbedError."""
        wanted = self._wanted
        cache = self._shop.prepare_for([trial.GIT])
        theirs = gitrepo.Theirs(wanted.kdir)
        self._private = gitrepo.Ours(theirs, cache, self._console)
        if not wanted.resume:
            self._good = theirs.resolve(wanted.good)
            self._bad = theirs.resolve(wanted.bad)
            if self._good == self._bad:
                raise UsageError(f"GOOD and BAD are one commit, {self._good[:12]}")
            if wanted.case:
                # Better to know before the build.
                selectors.select(wanted.case, self._trial.known, list(self._trial.known))
        return cache

    @property
    def _file(self) -> Path:
        return self._private.folder / "bisect.json"

    def _save(self) -> None:
        self._record.save(self._file)

    def _find_record(self) -> Record:
        """The record to go on with, or a new one."""
        wanted, console = self._wanted, self._console
        old = bisection.load(self._file)
        if wanted.resume:
            if not old or old.finished:
                raise UsageError("there is no unfinished bisection of this repository; "
                                 "give GOOD and BAD")
            request = old.request
            self._good, self._bad = request["good"], request["bad"]
            self._shop.opts = self._options(request["words"], request.get("fixes", True))
        else:
            request = {"good": self._good, "bad": self._bad, "case": list(wanted.case),
                       "words": list(wanted.words), "fixed": wanted.fixed,
                       "fixes": wanted.fixes}
            request["suites"] = trial.digest()
        if old and not old.finished and old.request == request:
            console.note(f"going on after {words.count(len(old.judged()), 'step')} of "
                         "an unfinished bisection")
            return old
        if old and not old.finished and old.judged():
            console.note("dropping the unfinished bisection between "
                         f"{old.request['good'][:12]} and {old.request['bad'][:12]}")
        shutil.rmtree(self._private.folder / "logs", ignore_errors=True)
        return Record(request)

    # The bisection.

    def work(self, ground: Ground) -> int:
        """Bisect; the exit code.  Raises TestbedError."""
        with self._shop.opened(ground.isolation, ground.folder), \
                self._trial.opened(self._private):
            record = self._record = self._find_record()
            self._started = True
            good, bad = self._trial.ours.commit(self._good), self._trial.ours.commit(self._bad)
            fixed = record.request.get("fixed", False)
            self._announce(*((bad, good) if fixed else (good, bad)),
                           *(("BAD", "GOOD") if fixed else ("GOOD", "BAD")))
            self._check_ends(good, bad)
            search = Bisection(self._trial.ours, *(
                (bad.id, good.id) if fixed else (good.id, bad.id)), record, self._save, fixed)
            conclusion = search.run(self._step)
            lock.write(self._private.folder / "bisect.log", search.log().encode())
            record.finished = True
            self._save()
            return bisect_end.Ending(self._trial, record, conclusion, fixed).show(
                self._console, self._private.folder / "bisect.log", self._wanted.json)

    def _announce(self, old: Commit, new: Commit, first: str, last: str) -> None:
        """Say what is ahead: from @old, which is @first in the usage, to @new."""
        ours, console = self._trial.ours, self._console
        count = int(ours.git("rev-list", "--count", new.id, f"^{old.id}").strip())
        # The count goes by dates, and may be off by some where these are wrong.
        if ours.is_ancestor(new.id, old.id):
            raise UsageError(f"{first}, {old.short}, holds all of {last}, {new.short}; is it "
                             "the other way round?")
        if not ours.is_ancestor(old.id, new.id):
            console.note(f"{first}, {old.short}, is no ancestor of {last}; where they part "
                         "is judged, too")
        self._total = 2 + bisection.expected(count)
        console.line(f"bisecting {words.count(count, 'commit')}, about "
                     f"{self._total} steps with both ends")
        console.line(f"  {first.lower():5} {old}")
        console.line(f"  {last.lower():5} {new}")

    def _check_ends(self, good: Commit, bad: Commit) -> None:
        """Find out what fails at BAD and passes at GOOD: the evidence."""
        record = self._record
        words = record.request["case"]
        if BAD not in record.ends:
            step, found = self._judge(bad, words, None, False, 1)
            if step.verdict == SKIP:
                raise TestbedError(f"BAD, {bad}, cannot be judged: {step.why}")
            if step.verdict == GOOD:
                raise UsageError(f"BAD, {bad}, passes" + (
                    ", by a majority of the runs: " + ", ".join(step.flaky)
                    if step.flaky else "; there is nothing to look for"))
            assert found
            record.evidence = [list(failure.name) for failure in found.bad]
            record.trouble = not found.bad
            record.ends[BAD] = step
            self._save()
        if GOOD not in record.ends:
            step, found = self._judge(good, words, self._evidence(), False, 2)
            if step.verdict == SKIP:
                raise TestbedError(f"GOOD, {good}, cannot be judged: {step.why}")
            if step.verdict == BAD:
                assert found
                old = {failure.name for failure in found.bad}
                if record.trouble:
                    raise UsageError(f"GOOD, {good}, fails as BAD does: {step.why}")
                record.evidence = [words for words in record.evidence or []
                                   if (words[0], words[1]) not in old]
                if not record.evidence:
                    raise UsageError(f"GOOD, {good}, fails as BAD does: {step.why}")
                step.verdict = GOOD
                self._console.note(f"{', '.join(map('.'.join, sorted(old)))}: fails at "
                                   "GOOD, too, and is no evidence")
            record.ends[GOOD] = step
            self._save()

    def _evidence(self) -> Optional[list[Name]]:
        """The cases to run; None: all."""
        if self._record.trouble:
            return None
        return [(words[0], words[1]) for words in self._record.evidence or []]

    def _step(self, commit: Commit, after: int) -> Step:
        number = len(self._record.judged()) + 1
        self._total = number + after
        return self._judge(commit, self._record.request["case"], self._evidence(), True,
                           number)[0]

    def _judge(self, commit: Commit, words: Sequence[str],
               only: Optional[Sequence[Name]], first: bool,
               number: int) -> tuple[Step, Optional[Finding]]:
        """Check out, build and boot @commit."""
        self._say_where(commit, number)
        step = Step(commit.id, commit.subject, SKIP)
        found: Optional[Finding] = None
        error: Optional[TestbedError] = None
        start = time.monotonic()
        try:
            origin = self._trial.stand_at(commit)
            step.seconds["checkout"] = time.monotonic() - start
            tested = self._trial.build(origin)
            step.seconds["build"] = tested.seconds
            step.sha, step.version = tested.kernel.sha, tested.version
            twin = self._twin(step.sha) if first else None
            if twin:
                step.verdict, step.failures = twin.verdict, twin.failures
                step.flaky = twin.flaky
                step.why = f"the same kernel as {twin.commit[:12]}"
            else:
                begin = time.monotonic()
                found = self._trial.examine(tested, words, first, only)
                step.seconds["boots"] = time.monotonic() - begin
                self._sum_up(step, found)
        except (HostError, UsageError):
            raise
        except TestbedError as err:
            step.verdict, step.why = SKIP, err.message
            step.seconds["build"] = time.monotonic() - start
            error = err
        self._trial.keep_logs(commit, error)
        word = self._console.paint(step.verdict, _COLOUR[step.verdict])
        self._console.line(f"  {word}: {step.why or 'no case fails'}, "
                           f"{step.took:.1f} s")
        return step, found

    def _say_where(self, commit: Commit, number: int) -> None:
        done = self._record.judged()
        rest = ""
        # The first one may have had everything to build.
        known = [step.took for step in done[1:]]
        if known:
            left = (max(self._total, number) - number + 1) * sum(known) / len(known)
            rest = f", about {words.duration(left)} left"
        self._console.line(f"step {number} of about {max(self._total, number)}{rest}: "
                           f"{commit}")

    def _twin(self, sha: str) -> Optional[Step]:
        """A commit that gave the very same kernel, and its verdict."""
        for step in self._record.judged():
            if step.sha == sha and step.verdict != SKIP:
                return step
        return None

    def _sum_up(self, step: Step, found: Finding) -> None:
        """The verdict, from what the kernel did."""
        record = self._record
        step.failures = [failure.as_json() for failure in found.failures]
        step.unsure = [list(failure.name) for failure in found.unsure]
        step.flaky = [f"{failure.full_name} ({failure.tally()})"
                      for failure in found.flaky]
        # At BAD nothing is known yet, later on it is one or the other.
        matters = record.trouble or record.evidence is None
        if found.bad:
            step.verdict = BAD
            step.why = ", ".join(self._trial.explainer.brief(f) for f in found.bad[:2])
            more = len(found.bad) + len(found.unsure) - 2
            step.why += f" and {more} more" if more > 0 else ""
        elif found.troubles and matters:
            step.verdict = BAD
            step.why = f"the kernel misbehaved: {found.troubles[0]}"
        elif found.passed or found.flaky:
            step.verdict = GOOD
        else:
            step.why = "no case passed: " + (
                found.skipped[0].reason if found.skipped else "none ran")
        if step.flaky and step.verdict != BAD:
            step.why = f"flaky: {', '.join(step.flaky)}"


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command; returns its exit code."""
    console = Console()
    try:
        command = Command(bisect_options.parse(sys.argv[1:] if argv is None else argv), console)
    except TestbedError as err:
        console.error(err)
        return err.code
    return command.run()
