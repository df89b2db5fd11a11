# SPDX-License-Identifier: GPL-2.0
"""scripts/presubmit.sh: may I send this?"""

from __future__ import annotations

import concurrent.futures
import shutil
import sys
import time
from pathlib import Path
from typing import Callable, Optional, Sequence

from ..errors import Exit, HostError, TestbedError, UsageError
from ..git import gitrepo
from ..git.gitrepo import Commit
from ..history import trial
from ..history.evidence import Finding
from ..history.trial import Trial
from ..host import lock, proc
from ..kernel import patching, tree
from ..kernel.workshop import Workshop
from ..model import cases, selectors
from ..model.repository import SUITES
from ..presubmit import checks, patchset
from ..presubmit.apart import Apart
from ..presubmit.checks import Check, Context, Message, Patch, Place, Result, Series
from ..presubmit.checks import Status
from ..presubmit.patchset import Entry
from ..presubmit.places import Places
from ..presubmit.summary import Summary
from ..ui import output, words
from ..ui.console import GREEN, RED, YELLOW, Console
from . import passed, presubmit_b4, presubmit_options, shared
from .session import Ground, Session

_COLOUR = {Status.PASS: GREEN, Status.WARN: YELLOW, Status.SKIP: YELLOW,
           Status.FAIL: RED}


class Command:
    """One call of scripts/presubmit.sh."""

    def __init__(self, wanted: presubmit_options.Options, console: Console) -> None:
        self._wanted = wanted
        self._console = console
        self._shop = Workshop(passed.options(wanted.words, str(wanted.kdir), shared.me("presubmit"),
                                             wanted.install), console)
        self._trial = Trial(self._shop, console, {
            (case.suite, case.name): case for case in cases.read(SUITES)})
        console.aside(output.distinct(wanted.json, wanted.text))
        each, whole = checks.load()
        self._each = [check for check in each if check.name not in wanted.leave_out]
        self._whole = [check for check in whole if check.name not in wanted.leave_out]
        self._result = Summary()
        self._findings: dict[str, Finding] = {}
        self._known: dict[str, Finding] = {}
        # By commit, check and the files that were looked at.
        self._looks: dict[tuple[str, str, tuple[str, ...]], list[Message]] = {}
        self._line = ""
        self._total = 0
        self._times: list[float] = []
        self._built: dict[str, tree.Files] = {}
        self._places = Places(self._trial)

    # The set-up.

    def run(self) -> int:
        """Do it all; the exit code."""
        return Session(self, self._console).run()

    def broken(self, err: TestbedError) -> int:
        """Tell the user: what is half-done is no summary."""
        self._console.error(self._shop.blamed(err))
        return err.code

    def stopped(self) -> None:
        """Nothing to add."""

    def prepare(self) -> Path:
        """What needs the host as it is.  Raises TestbedError."""
        cache = self._shop.prepare_for([trial.GIT])
        wanted = self._wanted
        if wanted.case:
            selectors.select(wanted.case, self._trial.known, list(self._trial.known))
        theirs = self._theirs = gitrepo.Theirs(wanted.kdir)
        self._private = gitrepo.Ours(theirs, cache, self._console)
        self._path: Optional[Path] = None
        self._mail = sys.stdin.buffer.read() if wanted.series == "-" else b""
        path = Path(wanted.series).expanduser()
        if wanted.series == "-":
            self._ends = theirs.resolve(wanted.base or "HEAD"), ""
        elif path.exists():
            self._path = path.absolute()
            self._ends = theirs.resolve(wanted.base or "HEAD"), ""
        else:
            if wanted.base:
                raise UsageError("--base goes with an mbox or a folder; a range has one")
            self._ends = patchset.commits_of(theirs, wanted.series)
        return cache

    def _series(self) -> tuple[str, list[Entry]]:
        """(base, the patches).  Raises UsageError for what is no series."""
        old, new = self._ends
        folder = self._shop.folder / "mails"
        if self._path or not new:
            found = patchset.mails(self._path, folder) if self._path else \
                patchset.from_stdin(self._mail, folder)
            return old, patchset.from_mails(self._trial.ours, old, found)
        return patchset.from_range(self._trial.ours, self._wanted.series, old, new)

    # The work.

    def work(self, ground: Ground) -> int:
        """Check it all; the exit code.  Raises TestbedError."""
        begin = time.monotonic()
        with self._shop.opened(ground.isolation, ground.folder), \
                self._trial.opened(self._private):
            if self._theirs.dirty():
                self._console.note("changes in your tree that are not committed are not "
                                   "looked at")
            shutil.rmtree(self._trial.logs, ignore_errors=True)
            summary = self._result
            summary.base, summary.entries = self._series()
            patches = [entry.patch for entry in summary.entries if entry.patch]
            base = self._trial.ours.commit(summary.base)
            self._console.line(f"{words.count(len(summary.entries), 'patch')} on {base}")
            self._total = 1 + len(patches)
            self._visit(base, None, patches[0] if patches else None, 1)
            for number, item in enumerate(summary.entries):
                if item.patch is None:
                    summary.patches.append(self._refused(item))
                    continue
                after = summary.entries[number + 1:number + 2]
                summary.patches.append(self._visit(
                    item.patch.commit, item, after[0].patch if after else None,
                    number + 2))
            if patches:
                self._judge_series(summary.base, patches)
            summary.seconds = time.monotonic() - begin
            return self._close()

    def _refused(self, entry: Entry) -> dict[str, Result]:
        """The results for a patch that does not apply."""
        results = {check.name: checks.skip("does not apply") for check in self._each}
        results["applies"] = Result(Status.FAIL, entry.refused, entry.details)
        self._console.line(f"patch {entry.subject}")
        self._show("applies", results["applies"])
        return results

    def _visit(self, commit: Commit, entry: Optional[Entry], follower: Optional[Patch],
               number: int) -> dict[str, Result]:
        """Build and boot @commit, and make the checks of @entry; None: it is the base.

        What @follower touches is looked at, too, to be compared with later.
        """
        self._say_where(commit, entry, number)
        start = time.monotonic()
        patch = entry.patch if entry else None
        error: Optional[TestbedError] = None
        found: Optional[Finding] = None
        try:
            origin = self._trial.stand_at(commit)
        except (HostError, UsageError):
            raise
        except TestbedError as err:
            if patch is None:
                raise TestbedError(f"the base, {commit}, cannot be judged: "
                                   f"{err.message}", err.details) from None
            raise
        self._line = self._line or origin.line.name
        self._result.version = self._result.version or origin.version
        tested: Optional[trial.Tested] = None
        try:
            tested = self._trial.build(origin)
        except (HostError, UsageError):
            raise
        except TestbedError as err:
            if patch is None:
                raise TestbedError(f"the base, {commit}, cannot be judged: "
                                   f"{err.message}", err.details) from None
            error = err
        with proc.threads(min(4, self._shop.opts.jobs), self._places.own_mounts,
                          last=False) as pool:
            place = self._places.at(commit.id, origin, self._result.base)
            wanted = {each.files for each in (patch, follower) if each}
            looks = {(commit.id, check.name, files):
                     pool.submit(self._look, check, place, files)
                     for check in self._each for files in wanted}
            if tested:
                try:
                    found = self._suites(tested)
                except TestbedError as err:
                    if patch is None or isinstance(err, (HostError, UsageError)):
                        raise
                    error = err
            for key, future in looks.items():
                self._looks[key] = future.result()
            results: dict[str, Result] = {}
            if entry and patch:
                results = self._judge(patch, entry, place, error, found, pool)
        self._trial.keep_logs(commit, error)
        if found:
            self._findings[commit.id] = found
        self._times.append(time.monotonic() - start)
        if not entry:
            bad = found.bad if found else []
            self._console.line(f"  base: {words.count(len(found.passed), 'case')} pass"
                               if found and not bad else "  base: fails: " + ", ".join(
                                   failure.full_name for failure in bad[:3]))
        return results

    def _say_where(self, commit: Commit, entry: Optional[Entry], number: int) -> None:
        rest = ""
        # The base may have had everything to build.
        known = self._times[1:]
        if known:
            left = (self._total - number + 1) * sum(known) / len(known)
            rest = f", about {left:.0f} s left"
        what = f"patch {entry.patch.number}" if entry and entry.patch else "base"
        self._console.line(f"step {number} of {self._total}{rest}: {what} {commit}")

    def _suites(self, tested: trial.Tested) -> Finding:
        """What the suites say; a kernel that has been asked is not asked again."""
        if tested.kernel.sha not in self._known:
            self._known[tested.kernel.sha] = self._trial.examine(tested, self._wanted.case,
                                                           False)
        return self._known[tested.kernel.sha]

    # The checks of one patch.

    @staticmethod
    def _look(check: Check, place: Callable[[str], Place],
              files: Sequence[str]) -> list[Message]:
        if check.missing():
            return []
        return check.look(place(check.name), files)

    def _judge(self, patch: Patch, entry: Entry, place: Callable[[str], Place],
               error: Optional[TestbedError], found: Optional[Finding],
               pool: concurrent.futures.Executor) -> dict[str, Result]:
        """All checks of @patch."""
        def one(check: Check) -> Result:
            missing = check.missing()
            if missing:
                return checks.skip(missing)
            sides = [self._looks.get((commit, check.name, patch.files), [])
                     for commit in (patch.parent, patch.commit.id)]
            try:
                return check.run(Context(
                    patch, place(check.name), self._trial.ours, self._trial.explainer, sides[0],
                    sides[1], error, found, self._earlier(patch), entry.applied))
            except (HostError, UsageError):
                raise
            except TestbedError as err:
                return Result(Status.FAIL, f"cannot be made: {err.message}", err.details)

        results = {}
        for check, result in zip(self._each, pool.map(one, self._each)):
            results[check.name] = result
            self._show(check.name, result)
        return results

    def _earlier(self, patch: Patch) -> Optional[Finding]:
        """What the suites say of the nearest commit in front of @patch that has been
        booted: what failed there, this patch has not broken."""
        before = [self._result.base, *(entry.patch.commit.id
                                       for entry in self._result.entries[:patch.number - 1]
                                       if entry.patch)]
        found = [self._findings[commit] for commit in before if commit in self._findings]
        return found[-1] if found else None

    def _show(self, name: str, result: Result) -> None:
        console = self._console
        word = console.paint(f"{result.status.value:4}", _COLOUR[result.status])
        console.line(f"  {word}  {name:10}  {result.line}")
        if result.status in (Status.FAIL, Status.WARN):
            console.lines(result.details, "        ")

    # The series as a whole.

    def _judge_series(self, base: str, patches: Sequence[Patch]) -> None:
        console = self._console
        console.line("the series as a whole")
        scratch = self._shop.folder / "checks" / "series"
        scratch.mkdir(parents=True, exist_ok=True)
        tip = patches[-1].commit.id
        apart = Apart(self._trial, self._private, console)
        facts = Series(
            base, tip, patches, self._trial.ours, self._trial.explainer, scratch, self._findings,
            self._as_built, {name: case.contracts for name, case in self._trial.known.items()},
            apart.coverage(tip), apart.mutants(tip), apart.schedules(tip), self._line)
        for check in self._whole:
            missing = check.missing()
            try:
                result = checks.skip(missing) if missing else check.judge(facts)
            except (HostError, UsageError):
                raise
            except TestbedError as err:
                result = Result(Status.FAIL, f"cannot be made: {err.message}",
                                err.details)
            self._result.series[check.name] = result
            self._show(check.name, result)
            if result.status is Status.PASS:
                console.lines(result.details, "        ")

    def _as_built(self, commit: str, path: str) -> Optional[bytes]:
        """The file @path of @commit with our series on top."""
        if commit not in self._built:
            origin = self._trial.stand_at(self._trial.ours.commit(commit))
            self._built[commit] = self._shop.patched(
                origin, patching.ours(), "as-built", {})
        files = self._built[commit]
        if path in files:
            return files[path]
        text = self._trial.ours.show(commit, path)
        return None if text is None else text.encode("utf-8", "surrogateescape")

    # The end.

    def _close(self) -> int:
        summary, console, wanted = self._result, self._console, self._wanted
        code = Exit.FAILED if summary.failed() else Exit.PASSED
        text = summary.summary()
        console.line()
        console.line(f"logs of the boots: {self._trial.logs}")
        console.line()
        console.lines(text, "")
        if wanted.text:
            output.write(wanted.text, ("\n".join(text) + "\n").encode())
        if wanted.json:
            output.write(wanted.json, lock.json_bytes(summary.as_json(code)))
        return code


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command; returns its exit code."""
    console = Console()
    try:
        wanted = presubmit_options.parse(sys.argv[1:] if argv is None else argv)
        if wanted.list:
            return presubmit_options.show_list(console)
        if wanted.b4:
            return presubmit_b4.run(wanted, console)
        command = Command(wanted, console)
    except TestbedError as err:
        console.error(err)
        return err.code
    return command.run()
