# SPDX-License-Identifier: GPL-2.0
"""scripts/controls.sh: prove that every case can fail."""

from __future__ import annotations

import concurrent.futures
import contextlib
import os
import resource
import shutil
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Callable, Iterator, Mapping, Optional, Sequence

from ..boot import children, due_reports, runner, uml
from ..boot.judge import Name, Outcome, Status
from ..errors import Exit, Refused, TestbedError, UsageError
from ..host import deps, lock, ns, proc
from ..kernel import build, source, variants
from ..model import provenance
from ..out import output, verdict
from ..out.console import GREEN, RED, Console
from ..proof import cocci, controls, guardtest, ledger, matrix
from ..proof.controls import Control, Kind, Verdict
from . import control_options, entry, options, run
from .control_options import Options

CONTROLS = run.REPOSITORY / "patches" / "controls"
# After so many crashes and hangs the cases of other contracts are left out.
_MOST_BAD = 3
# After so many seconds the suites only go on for what the control is about.
_LONG = 5.0
_WIDEST = 200


class Command(run.Command):
    """One call of scripts/controls.sh that boots something."""

    # What it needs beside what a run needs.
    _tools = deps.CONTROLS

    def __init__(self, wanted: Options, console: Console) -> None:
        words = ["--line", wanted.line.name, "--variant", wanted.config.name,
                 "--timeout", str(wanted.timeout), *wanted.mode]
        if wanted.kdir:
            words += ["--kdir", wanted.kdir]
        if not wanted.install:
            words.append("--no-install")
        super().__init__(options.parse(words), console)
        self._wanted = wanted
        console.aside(output.distinct(wanted.json))
        self._controls: list[Control] = []
        if not wanted.guards:
            self._controls = controls.select(controls.read(CONTROLS), wanted.line.name,
                                             wanted.filter, wanted.contract)
        self._verdicts: list[Verdict] = []
        self._red: set[Name] = set()
        self._skipped: set[Name] = set()
        self._kernel_version = ""
        self._place: Optional[ledger.Place] = None
        self._took = (0.0, 0.0)
        self._made = provenance.facts(run.REPOSITORY, wanted.line, wanted.config)

    def _outside(self) -> Optional[int]:
        deps.ensure(self._tools, self._console, self._wanted.install)
        return super()._outside()

    def _work(self, isolation: ns.Isolation, folder: Path) -> int:
        origin = self._source()
        self._kernel_version = origin.version
        if not isolation.mounts:
            raise TestbedError("the host allows no mounts of our own, which controls "
                               "need; run as root, or allow user namespaces")
        self._place = ledger.place(origin, self._wanted.config)
        with self._base(origin, isolation, folder) as (base, kernel):
            how = self._how(kernel, folder / "boots", jobs=self._wanted.jobs,
                            spread=True, cpu=self._wanted.cpu)
            if self._wanted.guards:
                return guardtest.Command(
                    self._console, base, folder,
                    guardtest.Options(how, not self._opts.children, self._wanted.symbols,
                                      self._wanted.rst, self._wanted.json,
                                      self._head())).run()
            with self._open(how, self._console.note) as boots:
                names = boots.listed(base.tree.places.state, base.sha, "")
                with proc.threads(uml.at_a_time(self._wanted.jobs,
                                                 self._wanted.config)) as many:
                    self._check_base(boots.round(names, "", many))
            return self._all(base, names, folder)

    def _open(self, how: runner.Options, note: Callable[[str], None] = lambda text: None
              ) -> contextlib.AbstractContextManager[runner.Runner]:
        """What runs cases as @how says."""
        return children.open_runner(how, lambda outcome: None,
                                    due_reports.wanted(self._cases), note,
                                    not self._opts.children)

    @contextlib.contextmanager
    def _base(self, origin: source.Source, isolation: ns.Isolation,
              folder: Path) -> Iterator[tuple[variants.Base, Path]]:
        """The kernel without a control, built and unchanged while this is open."""
        work, plan = self._work_tree(origin, isolation, folder, True)
        with lock.held(work.places.state / "lock", lambda: self._console.note(
                "waiting for another run, which builds in the same place")):
            wanted = self._patched(origin, run.series_of(),
                                   folder / "patched", run.suite_files())
            try:
                with work.mounted():
                    built = build.Builder(work, plan, self._console).kernel(wanted)
                    copy = folder / "linux"
                    build.take(built.path, copy)
            except Refused as err:
                raise TestbedError(f"{err.message}, which controls need; run as root, or "
                                   "give it a tree of your own") from None
            each = max(1, (os.cpu_count() or 1) // self._wanted.jobs)
            yield variants.Base(work, replace(plan, jobs=each), built.sha,
                                built.inputs), copy

    def _all(self, base: variants.Base, names: Sequence[Name], folder: Path) -> int:
        console = self._console
        console.begin(f"{verdict.count(len(self._controls), 'control')} on Linux "
                      f"{self._kernel_version}, {self._wanted.jobs} at a time")
        begin, spent = time.monotonic(), _cpu_seconds()
        with proc.threads(self._wanted.jobs, variants.own_mounts) as pool:
            # What takes longest first, or the last one keeps all waiting.
            waiting = {pool.submit(self._try, base, control, names, folder)
                       for control in sorted(self._controls,
                                             key=lambda each: not each.wide)}
            while waiting:
                done, waiting = concurrent.futures.wait(
                    waiting, 1, concurrent.futures.FIRST_COMPLETED)
                for future in done:
                    self._finished(future.result())
                console.progress(f"{len(self._verdicts)} of {len(self._controls)}")
        console.end()
        self._took = (time.monotonic() - begin, _cpu_seconds() - spent)
        return self._close(base)

    def _check_base(self, results: runner.Results) -> None:
        """A case that is red without a control cannot be turned red by one."""
        self._red = {o.key for o in results.outcomes.values() if not o.status.good}
        self._skipped = {o.key for o in results.outcomes.values()
                         if o.status is Status.SKIPPED}
        for suite, case in sorted(self._red):
            self._console.note(f"{suite}.{case} fails without any control; it proves "
                               "nothing here")
        if results.troubles:
            raise TestbedError("the kernel misbehaves without any control: "
                               f"{results.troubles[0].what}; see scripts/run.sh")

    def _try(self, base: variants.Base, control: Control, names: Sequence[Name],
             folder: Path) -> Verdict:
        """What becomes of @control.  Runs in a thread that has its own mounts."""
        begin = time.monotonic()
        place = folder / "controls" / control.name
        kernel = place / "linux"
        try:
            with variants.open_variant(base, place) as variant:
                found = self._build_with(variant, control, self._cache / "cocci")
                if not found:
                    build.take(variant.kernel, kernel)
            if not found:
                found = self._break(kernel, control, names, place / "boots")
                if self._wanted.keep:
                    self._keep_logs(place / "boots", control, base)
        finally:
            shutil.rmtree(place, ignore_errors=True)
        found.seconds = time.monotonic() - begin
        return found

    @staticmethod
    def _build_with(variant: variants.Variant, control: Control,
                    cache: Path) -> Optional[Verdict]:
        """Build @variant with @control; what keeps it from being tried, if anything.

        @cache: where what semantic patches come to is kept.
        """
        try:
            if control.rule:
                variant.put(cocci.contents(cocci.apply(
                    control.rule, variant.src, variant.scratch, cache), variant.src))
            else:
                variant.apply([control.path])
        except TestbedError as err:
            return Verdict(control, Kind.NOT_APPLIED,
                           troubles=[err.message, *err.details])
        try:
            variant.make(jobs=os.cpu_count() if control.wide else None)
        except variants.NoEffect as err:
            return Verdict(control, Kind.NO_EFFECT, troubles=[err.message])
        except TestbedError as err:
            return Verdict(control, Kind.NOT_COMPILED,
                           troubles=[err.message, *err.details])
        return None

    def _break(self, kernel: Path, control: Control, names: Sequence[Name],
               folder: Path) -> Verdict:
        """What the suites say about @kernel, which has been built with @control."""
        cpus = os.cpu_count() or 1
        together = uml.at_a_time(cpus, self._opts.config) // self._wanted.jobs
        how = self._how(kernel, folder, jobs=max(1, cpus // self._wanted.jobs),
                        spread=True, cpu=self._wanted.cpu)
        cases_ = self._cases
        # A case that has a boot to itself gets it for its own contracts only.
        targets = controls.targets(control, cases_, names)
        left_out = set(due_reports.wanted(cases_)) - targets
        # What this kernel does not have, such as more CPUs, cannot turn red either.
        judged = [name for name in names
                  if name not in self._red | self._skipped | left_out]
        over = time.monotonic() + _LONG * self._opts.config.slow

        def enough(outcomes: Mapping[Name, Outcome]) -> bool:
            return time.monotonic() > over and \
                controls.settled(control, cases_, judged, outcomes)

        def worthwhile(results: runner.Results, rest: Sequence[Name]) -> bool:
            return rest[0] not in left_out and not enough(results.outcomes) and \
                controls.worthwhile(control, cases_, results, rest, _MOST_BAD)

        with proc.threads(max(1, together), last=False) as pool, \
             self._open(how) as boots:
            results = boots.round(names, "", pool, worthwhile, enough,
                                   control.kills or targets)
        for red in self._red:
            results.outcomes.pop(red, None)
        return controls.judge(control, cases_, judged, results)

    @staticmethod
    def _keep_logs(logs: Path, control: Control, base: variants.Base) -> None:
        kept = base.tree.places.state / "kept-controls" / control.name
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        for log in logs.glob("*.log"):
            shutil.copy(log, kept)

    def _finished(self, found: Verdict) -> None:
        self._verdicts.append(found)
        if found.kind is not Kind.KILLED:
            self._console.line(f"{self._console.paint('FAIL', RED)}  "
                               f"{found.control.name}: {found.kind.value}: "
                               f"{found.why()}")

    def _file(self, origin: source.Source) -> None:
        """Keep what became of the controls, for the matrix of this very tree."""
        if self._place != ledger.place(origin, self._wanted.config):
            self._console.note(f"{origin.origin} has changed meanwhile, so these results "
                               "are not kept for --matrix")
            return
        ledger.add(self._cache, self._place, str(self._made["inputs"]),
                   self._results(), lambda: self._console.note(
                       "waiting for another run, which keeps its results"))

    def _close(self, base: variants.Base) -> int:
        """The table, the reports and the closing line."""
        console, found = self._console, self._verdicts
        seconds, cpu = self._took
        killed = sum(v.kind is Kind.KILLED for v in found)
        good = killed == len(found) and not self._red
        self._report.code = Exit.PASSED if good else Exit.FAILED
        console.line()
        console.lines(controls.table(controls.summary(found), _WIDEST), "")
        for v in found:
            if v.kind in (Kind.NOT_APPLIED, Kind.NOT_COMPILED) and v.troubles[1:]:
                console.line(f"{v.control.name}:")
                console.lines(v.troubles[1:])
        console.line()
        self._write_reports()
        self._file(base.tree.source)
        if self._wanted.keep:
            console.line("kept the logs in "
                         f"{base.tree.places.state / 'kept-controls'}")
        contracts = {id for v in found if v.kind is Kind.KILLED for id in v.reached}
        word, colour = ("PASS", GREEN) if good else ("FAIL", RED)
        if self._red:
            console.line(f"{verdict.count(len(self._red), 'case')} failed without any "
                         "control")
        closing = (f"{word}: {killed} of {verdict.count(len(found), 'control')} killed, "
                   f"{verdict.count(len(contracts), 'contract')}, Linux "
                   f"{self._kernel_version}, {seconds:.0f} s, "
                   f"{seconds / len(found):.1f} s and {cpu / len(found):.1f} CPU s "
                   f"each at {self._wanted.jobs} at a time")
        console.line(console.paint(closing, colour))
        return self._report.code

    def _results(self) -> list[dict[str, object]]:
        """What became of each control, by name."""
        return [v.as_json(self._cases) for v in sorted(
            self._verdicts, key=lambda v: v.control.name)]

    def _head(self) -> dict[str, object]:
        """What each JSON says first."""
        return {"testbed": self._made, "kernel_version": self._kernel_version,
                "line": self._wanted.line.name, "variant": self._wanted.config.name}

    def _as_json(self) -> dict[str, object]:
        return {
            "schema": 1, **self._head(), "jobs": self._wanted.jobs,
            "seconds": round(self._took[0], 3), "cpu_seconds": round(self._took[1], 3),
            "verdict": self._report.word().lower(),
            "exit_code": int(self._report.code), "error": self._report.error,
            "failed_without_control": sorted(".".join(name) for name in self._red),
            "skipped_without_control": sorted(".".join(name) for name in self._skipped),
            "controls": self._results(),
        }

    def _write_reports(self) -> None:
        if self._wanted.json:
            output.write(self._wanted.json, lock.json_bytes(self._as_json()))


def _cpu_seconds() -> float:
    """What the commands that have ended have cost so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def show_list(wanted: Options, console: Console) -> int:
    """Print the controls."""
    chosen = controls.select(controls.read(CONTROLS), wanted.line.name, wanted.filter,
                             wanted.contract)
    console.lines(controls.table([["control", "breaks", "what it does"], *(
        [c.name, " ".join(c.breaks), c.subject] for c in chosen)]), "")
    return Exit.PASSED


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command; returns its exit code."""
    console = Console()
    try:
        wanted = control_options.parse(sys.argv[1:] if argv is None else argv)
        if wanted.rst and not (wanted.matrix or wanted.guards):
            raise UsageError("--rst goes with --matrix or --guards; see "
                             "scripts/controls.sh --help")
        if wanted.symbols and not wanted.guards:
            raise UsageError("--config goes with --guards; see scripts/controls.sh "
                             "--help")
        if wanted.list:
            return show_list(wanted, console)
        if wanted.matrix:
            return matrix.show(run.REPOSITORY, matrix.Wanted(
                wanted.line, wanted.config, wanted.kdir, wanted.rst), console)
        command = Command(wanted, console)
    except TestbedError as err:
        console.error(err)
        return err.code
    return command.run()


if __name__ == "__main__":
    sys.exit(entry.run(main))
