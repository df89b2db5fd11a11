# SPDX-License-Identifier: GPL-2.0
"""Turn the console of one boot into an outcome for each case that should run."""

from __future__ import annotations

import re
import signal
import time
from typing import Callable, Optional, Sequence

from ..kernel import tree
from ..model.outcomes import Name, Outcome, Splat, Status, Trouble
from . import guards, ktap
from .uml import Ending, How, Next

# The kernel has done all that it was booted for.
_HALTED = re.compile(r"(?:snapshot: )?reboot: (?:System halted|Power down|Restarting system)")
# So many lines of a case's own output are kept, and so many from its first failed assertion
# on; more where reports are part of it.
_KEPT = 200
_KEPT_REPORTS = 2000
_ASSERTION = re.compile(r"\s*# [^:]+: ((?:EXPECTATION|ASSERTION) FAILED at .*)")


class Judge:
    """Reads one boot, or one child of it.

    @expected: the cases that must run, in order.
    @elsewhere: those that are in this boot as well, but run in one of their own.
    @forgiving: a report does not make a case fail; that is for others to judge.
    """

    def __init__(self, expected: Sequence[Name], live: Callable[[Outcome], None],
                 clock: Callable[[], float] = time.monotonic,
                 elsewhere: Sequence[Name] = (), forgiving: bool = False) -> None:
        self.outcomes: dict[Name, Outcome] = {}
        self.troubles: list[Trouble] = []
        self.notes: list[str] = []      # what is odd, but nobody's fault
        self.version = ""
        self.kernel_seconds = 0.0
        self.cut = False                # somebody has heard enough
        self.killed = False             # by the host: what was running is not to blame
        self._expected = list(expected)
        self._elsewhere = list(elsewhere)
        self._forgiving = forgiving
        self._live = live
        self._clock = clock
        self._scanner = guards.Scanner()
        self._started = self._halted = False
        self._suite = ""
        self._suites_done: list[str] = []
        self._planned: Optional[int] = None
        self._output: list[str] = []
        # How many lines were kept when the first assertion of the case failed.
        self._failed_after: Optional[int] = None
        self._running = ""
        self._skips: set[str] = set()
        self._now = 0.0
        self._case_start = 0.0
        self._ktap_start: Optional[float] = None

    def read(self, raw: str) -> Next:
        """Take in one line of the console."""
        text = tree.plain(ktap.clean(raw))
        self._now = self._clock()
        if self._ktap_start is not None:
            self.kernel_seconds = self._now - self._ktap_start
        if not self.version:
            match = re.match(r"Linux version (\S+)", text)
            if match:
                self.version = match.group(1)
        event = ktap.parse(text)
        if isinstance(event, ktap.Version) and event.level == 0:
            if self._scanner.pending():
                self._trouble("while the kernel booted")
            self._started = True
            self._ktap_start = self._now
            return Next.PROGRESS
        if not self._started or isinstance(event, ktap.Other):
            self._halted = self._halted or bool(_HALTED.match(text))
            self._other(text)
            return Next.GO
        return self._event(event)

    def _other(self, text: str) -> None:
        self._scanner.feed(text)
        kept = _KEPT_REPORTS if self._forgiving else _KEPT
        if self._failed_after is None and _ASSERTION.match(text):
            self._failed_after = len(self._output)
        kept += self._failed_after or 0
        if self._started and len(self._output) < kept and text.strip() and \
           not text.lstrip().startswith("# module: "):
            self._output.append(text)

    def _event(self, event: ktap.Event) -> Next:
        if isinstance(event, ktap.Subtest):
            if event.level == 1:
                self._suite = event.name
                self._running = ""
            else:
                self._running = event.name
        elif isinstance(event, ktap.Plan):
            if event.level == 0:
                self._planned = event.count
            elif event.level == 1:
                self._case_start = self._now
                self._check_count(event.count)
        elif isinstance(event, ktap.Result):
            if event.level >= 2:
                self._output.append(_parameter(event))
                if event.skip:
                    self._skips.add(event.skip)
                return Next.PROGRESS
            bad = self._case(event) if event.level == 1 else self._suite_end(event)
            return Next.STOP if bad else Next.PROGRESS
        return Next.PROGRESS

    def _check_count(self, count: int) -> None:
        expected = sum(suite == self._suite
                       for suite, _ in [*self._expected, *self._elsewhere])
        if count != expected:
            self.troubles.append(Trouble(
                f"suite {self._suite} announces {count} cases instead of {expected}"))

    def _case(self, event: ktap.Result) -> bool:
        """Note the result of a case; True if the kernel cannot be trusted further."""
        status = Status.PASSED if event.ok else Status.FAILED
        reason = ""
        if event.skip is not None:
            status = Status.SKIPPED
            # KUnit gives no reason for a case whose parameters are all skipped.
            reason = event.skip or "; ".join(sorted(self._skips))
        splats = self._scanner.take()
        key = (self._suite, event.name)
        if splats and not self._forgiving:
            status, reason = Status.FAILED, why(splats)
        elif status is Status.FAILED:
            reason = _assertion(self._output)
        elif status is Status.SKIPPED and key in self._elsewhere:
            self._next_case()
            return False
        if key not in self._expected:
            self.troubles.append(Trouble(
                f"{self._suite}.{event.name} ran, which the kernel did not list"))
        elif key in self.outcomes:
            self.troubles.append(Trouble(f"{self._suite}.{event.name} ran twice"))
        self._finish(Outcome(self._suite, event.name, status,
                             max(0.0, self._now - self._case_start), reason,
                             self._output, splats))
        return bool(splats) and not self._forgiving

    def _finish(self, outcome: Outcome) -> None:
        self.outcomes[outcome.key] = outcome
        self._next_case()
        self._live(outcome)

    def _next_case(self) -> None:
        self._output, self._failed_after = [], None
        self._running = ""
        self._skips = set()
        self._case_start = self._now

    def _suite_end(self, event: ktap.Result) -> bool:
        """Note the end of a suite; True if the kernel cannot be trusted further."""
        if event.name != self._suite:
            # A suite that failed before its first case has no header.
            self._suite = event.name
        self._suites_done.append(event.name)
        bad = self._scanner.pending()
        if bad:
            self._trouble(f"after the last case of {event.name}")
        mine = [o for o in self.outcomes.values() if o.suite == event.name]
        if not event.ok and all(o.status.good for o in mine):
            self.troubles.append(Trouble(
                f"suite {event.name} failed outside of its cases: "
                + (_assertion(self._output) or "see its output")))
        self._output, self._failed_after = [], None
        return bad

    def _trouble(self, when: str) -> None:
        splats = self._scanner.take()
        self.troubles.append(Trouble(f"{why(splats)}, {when}", splats))

    def culprit(self) -> Optional[Name]:
        """The case that is running now, as far as one can tell."""
        if not self._started or not self._suite or \
           self._suite in self._suites_done:
            return None
        if self._running and (self._suite, self._running) in self._expected:
            return (self._suite, self._running)
        for key in self._expected:
            if key[0] == self._suite and key not in self.outcomes:
                return key
        return None

    def end(self, ending: Ending, timeout: float) -> None:
        """The boot is over: blame a case, or the run, if it ended badly."""
        if ending.how is How.STOPPED:
            return
        if ending.how is How.EXITED and ending.code == -signal.SIGKILL:
            # No kernel ends itself like this, and we have not done it.
            self.killed = True
            self._scanner.take()
            return
        culprit = self.culprit()
        complete = self._planned is not None and \
            len(self._suites_done) == self._planned
        if complete and (ending.how is How.EXITED or self._halted):
            self._complete(ending)
            return
        splats = self._scanner.take()
        if ending.how is How.HUNG:
            status = Status.HUNG
            reason = ending.why or f"no progress for {timeout:g} s"
            if splats:
                reason += f", after {why(splats)}"
        else:
            status = Status.CRASHED
            reason = why(splats) if splats else \
                f"the kernel ended with {_exit(ending.code)}"
        if culprit:
            self._finish(Outcome(*culprit, status,
                                 max(0.0, self._now - self._case_start), reason,
                                 self._output, splats))
        else:
            when = "after " + self._suites_done[-1] if self._suites_done else \
                "before the first suite"
            trouble = Trouble(f"{status.value} {when}: {reason}", splats)
            if not splats:
                trouble.splats.append(Splat(status.value, reason, self._output[-20:]))
            self.troubles.append(trouble)


    def _complete(self, ending: Ending) -> None:
        """The boot is over, after the results of all suites."""
        for key in self._expected:
            if key not in self.outcomes:
                self._finish(Outcome(*key, Status.MISSING, reason="listed by the "
                                     "kernel, but gave no result"))
        if self._scanner.pending():
            self._trouble("after the last suite")
            return
        what = "did not end" if ending.how is How.HUNG else \
            f"ended with {_exit(ending.code)}"
        if self._halted and (ending.how is How.HUNG or ending.code != 0):
            # Nothing of ours runs any more: this is between the machine and its host.
            self.notes.append(f"the kernel {what} after it had halted, with all results "
                              "in and nothing reported")
        elif ending.code != 0:
            self.troubles.append(Trouble(f"the kernel {what}"))


def _exit(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit status {code}"


def why(splats: Sequence[Splat]) -> str:
    """The first of @splats in one line."""
    first = splats[0]
    function = re.split(r"[+ ]", first.where)[0]
    where = f" in {first.where}" if first.where and function not in first.title else ""
    return f"{first.kind}: {first.title}{where}"


def _parameter(event: ktap.Result) -> str:
    skip = f" # SKIP {event.skip}" if event.skip is not None else ""
    return f"    {'ok' if event.ok else 'not ok'} {event.number} {event.name}{skip}"


def _assertion(output: Sequence[str]) -> str:
    """The assertion that failed, in one line, with the parameter that it failed for."""
    for index, line in enumerate(output):
        match = _ASSERTION.match(line)
        if match:
            following = output[index + 1].strip() if index + 1 < len(output) else ""
            # KUnit prints the result of a parameter behind what was said of it.
            ends = (re.match(r"    (?:not )?ok \d+ (.+)", more)
                    for more in output[index + 1:])
            name = next((end.group(1) for end in ends if end), "")
            with_name = f" [{name}]" if name else ""
            return f"{match.group(1)}: {following}".rstrip(": ") + with_name
    for line in output:
        match = re.match(r"\s*# [^:]+: (.+)", line)
        if match and not match.group(1).startswith("pass:"):
            return match.group(1)
    return ""
