# SPDX-License-Identifier: GPL-2.0
"""scripts/controls.sh: prove that every case can fail."""

from __future__ import annotations

import concurrent.futures
import contextlib
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Mapping, Optional, Sequence

from ..boot import due_reports, runner, uml, usual
from ..errors import Exit, TestbedError, UsageError
from ..host import deps, lock, proc
from ..kernel import build, cocci, offshoots, provenance, source
from ..kernel.workshop import Workshop
from ..model import cases
from ..model.outcomes import Name, Outcome, Results
from ..model.repository import CONTROLS, REPOSITORY, SUITES
from ..proof import controls, guardtest, ledger, matrix, relation
from ..proof.bare import Bare
from ..proof.controls import Control, Kind, Verdict
from ..proof.onekernel import MOST_BAD, OneKernel
from ..result import verdict
from ..ui import output, tables, words
from ..ui.console import GREEN, RED, Console
from . import control_apply, control_options
from .control_options import Options
from .session import Ground, Session


# After so many seconds the suites only go on for what the control is about.
_LONG = 5.0
_WIDEST = 200
# What time goes into, for people.
_TIMED = {"apply": "applying all rules", "build": "building them into one kernel",
          "bare": "all cases with none chosen", "children": "the controls in that kernel",
          "alone": "those that are built alone",
          "guards": "the cases that misbehave on purpose"}


class Command:
    """One call of scripts/controls.sh that boots something."""

    def __init__(self, wanted: Options, console: Console) -> None:
        self._wanted = wanted
        self._console = console
        console.aside(output.distinct(wanted.json))
        self._shop = Workshop(wanted.run, console)
        self._cases = {(case.suite, case.name): case for case in cases.read(SUITES)}
        self._bare = Bare(self._shop, console, self._cases, "controls")
        self._controls: list[Control] = []
        if wanted.built_in or not wanted.guards:
            self._controls = control_options.chosen(wanted)
        self._verdicts: list[Verdict] = []
        self._one = OneKernel(self._shop, self._bare, console, self._cases,
                              self._controls, wanted)
        self._kernel_version = ""
        self._place: Optional[ledger.Place] = None
        self._took = (0.0, 0.0)
        self._made = provenance.facts(REPOSITORY, wanted.line, wanted.config)
        self._code, self._error = Exit.PASSED, ""

    def run(self) -> int:
        """Do it all; the exit code."""
        return Session(self, self._console).run()

    def prepare(self) -> Path:
        """What needs the host as it is.  Raises TestbedError."""
        deps.ensure(deps.CONTROLS, self._console, self._wanted.install)
        return self._shop.prepare()

    def broken(self, err: TestbedError) -> int:
        """Tell the user, and whoever reads the JSON."""
        self._code, self._error = err.code, err.message
        self._console.error(self._shop.blamed(err))
        with contextlib.suppress(TestbedError):
            self._write()
        return err.code

    def stopped(self) -> None:
        """Nothing to add."""

    def work(self, ground: Ground) -> int:
        """Build, break and boot; the exit code.  Raises TestbedError."""
        with self._shop.opened(ground.isolation, ground.folder):
            return self._work(ground.folder)

    def _work(self, folder: Path) -> int:
        wanted, shop, bare = self._wanted, self._shop, self._bare
        origin = bare.source()
        self._kernel_version = origin.version
        self._place = ledger.place(origin, wanted.config)
        with bare.built(origin, wanted.jobs) as (base, kernel):
            how = usual.options(shop.opts, kernel, folder / "boots", jobs=wanted.jobs,
                                spread=True, cpu=wanted.cpu)
            if wanted.guards:
                guards = self._guards(base, folder, how)
                if not wanted.built_in:
                    return guards.alone(guards.build(base))
                self._one.guards = guards
            todo = self._controls
            if not wanted.alone and shop.opts.children and wanted.config.cpus == 1:
                one = self._one
                names, todo = one.run(base, folder, self._finished)
                self._took = one.took
                if self._enough():
                    todo = []
                elif wanted.built_in:
                    todo = [control for control in todo if not one.alone[control.name]]
            else:
                with bare.opened(how, self._console.note) as boots:
                    names = boots.listed(base.tree.places.state, base.sha, "")
                    with proc.threads(uml.at_a_time(wanted.jobs, wanted.config)) as many:
                        bare.check(boots.round(names, "", many))
            return self._all(base, names, folder, todo)

    def _guards(self, base: offshoots.Base, folder: Path,
                how: runner.Options) -> guardtest.Command:
        """What looks at the cases that misbehave on purpose."""
        wanted, place = self._wanted, folder / "guards"
        place.mkdir()
        return guardtest.Command(
            self._console, base.tree.source.path, place,
            guardtest.Options(how, not self._shop.opts.children, wanted.symbols,
                              wanted.rst, wanted.json, self._head()))

    def _enough(self) -> bool:
        """With --fail-fast: one was not killed."""
        return self._wanted.fail_fast and any(verdict.kind is not Kind.KILLED
                                              for verdict in self._verdicts)

    def _all(self, base: offshoots.Base, names: Sequence[Name], folder: Path,
             todo: Sequence[Control]) -> int:
        """Build a kernel for each control in @todo, and try it."""
        if not todo:
            return self._close(base)
        console = self._console
        console.begin(f"{words.count(len(todo), 'control')} on Linux "
                      f"{self._kernel_version}, a kernel each, {self._wanted.jobs} at a "
                      "time")
        begin, spent = time.monotonic(), proc.cpu_seconds()
        done_before = len(self._verdicts)
        with proc.threads(self._wanted.jobs, offshoots.own_mounts) as pool:
            # What takes longest first, or the last one keeps all waiting.
            waiting = {pool.submit(self._try, base, control, names, folder)
                       for control in sorted(todo, key=lambda each: not each.wide)}
            while waiting:
                done, waiting = concurrent.futures.wait(
                    waiting, 1, concurrent.futures.FIRST_COMPLETED)
                for future in done:
                    self._finished(future.result())
                if self._enough():
                    waiting = {each for each in waiting if not each.cancel()}
                console.progress(words.share(len(self._verdicts) - done_before, len(todo),
                                             time.monotonic() - begin))
        console.end()
        self._one.seconds["alone"] = time.monotonic() - begin
        self._took = (self._took[0] + time.monotonic() - begin,
                      self._took[1] + proc.cpu_seconds() - spent)
        return self._close(base)

    def _try(self, base: offshoots.Base, control: Control, names: Sequence[Name],
             folder: Path) -> Verdict:
        """What becomes of @control.  Runs in a thread that has its own mounts."""
        begin = time.monotonic()
        place = folder / "controls" / control.name
        kernel = place / "linux"
        try:
            with offshoots.opened(base, place) as offshoot:
                found = self._build_with(offshoot, control, self._shop.cache / "cocci")
                if not found:
                    build.take(offshoot.kernel, kernel)
            if not found:
                found = self._break(kernel, control, names, place / "boots")
                if self._wanted.keep:
                    self._keep_logs(place / "boots", control, base)
        finally:
            shutil.rmtree(place, ignore_errors=True)
        found.seconds = time.monotonic() - begin
        return found

    @staticmethod
    def _build_with(offshoot: offshoots.Offshoot, control: Control,
                    cache: Path) -> Optional[Verdict]:
        """Build @offshoot with @control; what keeps it from being tried, if anything.

        @cache: where what semantic patches come to is kept.
        """
        try:
            if control.rule:
                offshoot.put(cocci.contents(cocci.apply(
                    control.rule, offshoot.src, offshoot.scratch, cache), offshoot.src))
            else:
                offshoot.apply([control.path])
        except TestbedError as err:
            return Verdict(control, Kind.NOT_APPLIED,
                           troubles=[err.message, *err.details])
        try:
            offshoot.make(jobs=os.cpu_count() if control.wide else None)
        except offshoots.NoEffect as err:
            return Verdict(control, Kind.NO_EFFECT, troubles=[err.message])
        except TestbedError as err:
            return Verdict(control, Kind.NOT_COMPILED,
                           troubles=[err.message, *err.details])
        return None

    def _break(self, kernel: Path, control: Control, names: Sequence[Name],
               folder: Path) -> Verdict:
        """What the suites say about @kernel, which has been built with @control."""
        cpus = os.cpu_count() or 1
        together = uml.at_a_time(cpus, self._shop.opts.config) // self._wanted.jobs
        how = usual.options(
            self._shop.opts, kernel, folder, jobs=max(1, cpus // self._wanted.jobs),
            spread=True, cpu=self._wanted.cpu)
        cases_ = self._cases
        # A case that has a boot to itself gets it for its own contracts only.
        targets = controls.targets(control, cases_, names)
        left_out = set(due_reports.wanted(cases_)) - targets
        # What this kernel does not have, such as more CPUs, cannot turn red either.
        judged = self._bare.judged(names, left_out)
        over = time.monotonic() + _LONG * self._shop.opts.config.slow

        def enough(outcomes: Mapping[Name, Outcome]) -> bool:
            return time.monotonic() > over and \
                controls.settled(control, cases_, judged, outcomes)

        def worthwhile(results: Results, rest: Sequence[Name]) -> bool:
            return rest[0] not in left_out and not enough(results.outcomes) and \
                controls.worthwhile(control, cases_, results, rest, MOST_BAD)

        with proc.threads(max(1, together), last=False) as pool, \
             self._bare.opened(how) as boots:
            results = boots.round(names, "", pool, worthwhile, enough,
                                   control.kills or targets)
        for red in self._bare.red:
            results.outcomes.pop(red, None)
        return controls.judge(control, cases_, judged, results)

    @staticmethod
    def _keep_logs(logs: Path, control: Control, base: offshoots.Base) -> None:
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
        if self._wanted.named:
            return
        if self._place != ledger.place(origin, self._wanted.config):
            self._console.note(f"{origin.origin} has changed meanwhile, so these results "
                               "are not kept for --matrix")
            return
        ledger.add(self._shop.cache, self._place, str(self._made["inputs"]),
                   self._results(), lambda: self._console.note(
                       "waiting for another run, which keeps its results"))

    def _close(self, base: offshoots.Base) -> int:
        """The table, the reports and the closing line."""
        console, found = self._console, self._verdicts
        seconds, cpu = self._took
        killed = sum(v.kind is Kind.KILLED for v in found)
        good = killed == len(found) and not self._bare.red and not self._one.unguarded
        self._code = Exit.PASSED if good else Exit.FAILED
        console.line()
        console.lines(tables.plain(controls.summary(found), _WIDEST), "")
        for v in found:
            if v.kind in (Kind.NOT_APPLIED, Kind.NOT_COMPILED) and v.troubles[1:]:
                console.line(f"{v.control.name}:")
                console.lines(v.troubles[1:])
        console.line()
        if self._one.seconds:
            console.line("; ".join(f"{_TIMED[what]} {seconds_:.0f} s"
                                   for what, seconds_ in self._one.seconds.items()))
        self._write()
        self._file(base.tree.source)
        if self._wanted.keep:
            console.line("kept the logs in "
                         f"{base.tree.places.state / 'kept-controls'}")
        contracts = {id for v in found if v.kind is Kind.KILLED for id in v.reached}
        word, colour = ("PASS", GREEN) if good else ("FAIL", RED)
        if self._bare.red:
            console.line(f"{words.count(len(self._bare.red), 'case')} failed without any "
                         "control")
        closing = (f"{word}: {killed} of {words.count(len(found), 'control')} killed, "
                   f"{words.count(len(contracts), 'contract')}, Linux "
                   f"{self._kernel_version}, {seconds:.0f} s, "
                   f"{seconds / max(1, len(found)):.1f} s and "
                   f"{cpu / max(1, len(found)):.1f} CPU s "
                   f"each at {self._wanted.jobs} at a time")
        console.line(console.paint(closing, colour))
        return self._code

    def _results(self) -> list[dict[str, object]]:
        """What became of each control, by name."""
        return [v.as_json(self._cases) for v in sorted(
            self._verdicts, key=lambda v: v.control.name)]

    def _head(self) -> dict[str, object]:
        """What each JSON says first."""
        return {"testbed": self._made, "kernel_version": self._kernel_version,
                "line": self._wanted.line.name, "variant": self._wanted.config.name,
                **control_options.share(self._wanted)}

    def _as_json(self) -> dict[str, object]:
        return {
            "schema": 1, **self._head(), "jobs": self._wanted.jobs,
            "seconds": round(self._took[0], 3), "cpu_seconds": round(self._took[1], 3),
            "verdict": verdict.word(self._code).lower(),
            "exit_code": int(self._code), "error": self._error,
            "failed_without_control": sorted(".".join(name) for name in self._bare.red),
            "skipped_without_control": sorted(".".join(name) for name in self._bare.skipped),
            "without_control": {".".join(name): outcome.status.value for name, outcome
                                in sorted(self._bare.outcomes.items())},
            **({"guards": self._one.guards.found} if self._one.guards else {}),
            "seconds_of": {what: round(each, 1) for what, each in self._one.seconds.items()},
            "built_alone": self._one.alone,
            "controls": self._results(),
        }

    def _write(self) -> None:
        """The file that was asked for.  Raises TestbedError."""
        if self._wanted.json:
            output.write(self._wanted.json, lock.json_bytes(self._as_json()))


def show_list(wanted: Options, console: Console) -> int:
    """Print the controls."""
    chosen = control_options.chosen(wanted)
    console.lines(tables.plain([["control", "breaks", "what it does"], *(
        [c.name, " ".join(c.breaks), c.subject] for c in chosen)]), "")
    return Exit.PASSED


def show_why(wanted: Options, console: Console) -> int:
    """Print what the controls that have run say of a case."""
    case = relation.case_of(wanted.why, cases.read(SUITES))
    which, known = matrix.results(matrix.Wanted(
        wanted.line, wanted.config, wanted.kdir, False), console)
    seen = provenance.inputs(REPOSITORY, wanted.line, wanted.config)
    valid = {name: entry for name, entry in known.items() if entry.get("inputs") == seen}
    console.lines(relation.Relation.of(valid, controls.read(CONTROLS)).why(case), "")
    console.line(which)
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
        if wanted.apply:
            return control_apply.show(wanted, control_options.chosen(wanted), console)
        if wanted.why:
            return show_why(wanted, console)
        if wanted.matrix:
            return matrix.show(REPOSITORY, matrix.Wanted(
                wanted.line, wanted.config, wanted.kdir, wanted.rst), console)
        command = Command(wanted, console)
    except TestbedError as err:
        console.error(err)
        return err.code
    return command.run()
