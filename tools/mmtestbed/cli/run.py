# SPDX-License-Identifier: GPL-2.0
"""scripts/run.sh: from a kernel source to a verdict."""

from __future__ import annotations

import contextlib
import datetime
import os
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Optional, Sequence

from ..boot import children, debug, due_reports, runner, uml, userspace, usual
from ..errors import Exit, TestbedError, Unavailable, UsageError
from ..figures import kernels
from ..history import changed
from ..host import confine, lock, proc
from ..kernel import pack, provenance, reach, source
from ..kernel.workshop import Made, Workshop
from ..model import cases, lines, selectors, shards
from ..model.options import Options
from ..model.outcomes import Name, Outcome, Results
from ..model.repository import REPOSITORY, SUITES
from ..result import as_json, as_ktap, failures, junit, kcidb, verdict
from ..ui import output, words
from ..ui.console import GREEN, RED, Console
from . import dry_run, every, listing, packed, rounds, run_options
from .session import Ground, Session


class Command:
    """One call of scripts/run.sh.

    @there: the kernel to boot, if it is not to be built.
    """

    def __init__(self, opts: Options, console: Console,
                 there: Optional[pack.Packed] = None) -> None:
        self._opts = opts
        self._console = console
        self._shop = Workshop(opts, console, debug.with_lines if opts.gdb else None)
        known = cases.read(SUITES)
        self._cases = {(case.suite, case.name): case for case in known}
        line = opts.line or lines.DEFAULT
        self._result = verdict.Run(line.name, opts.config.name, "", "", cases=self._cases,
                                   repeat=opts.repeat, shuffle=opts.shuffle,
                                   patches=[path.name for path in opts.patches])
        self._display = failures.Display(console, self._result, opts)
        self._change = changed.Change()
        self._packed = there
        if opts.json or opts.kcidb or opts.pack or opts.config.counts:
            self._result.testbed = provenance.facts(REPOSITORY, line, opts.config)

    def run(self) -> int:
        """Do it all; the exit code."""
        return Session(self, self._console).run()

    def prepare(self) -> Path:
        """What needs the host as it is.  Raises TestbedError."""
        opts = self._opts
        if not opts.build_options:
            # Only with further options may the kernel hold suites of others.
            self._chosen(list(self._cases))
        if opts.gdb and not opts.build_options and \
           opts.gdb not in {case.full_name for case in self._cases.values()}:
            raise UsageError(f"--gdb {opts.gdb}: there is no such case; see --list")
        if opts.changed:
            self._change = changed.since(Path(opts.kdir), opts.changed)
        if self._packed:
            self._shop.ensure(packed.TOOLS)
            return self._shop.prepare_to_boot()
        cache = self._shop.prepare()
        if self._result.testbed and not self._result.testbed["commit"]:
            # git, which knows the commit, may have come with the tools.
            self._result.testbed = provenance.facts(
                REPOSITORY, opts.line or lines.DEFAULT, opts.config)
        return cache

    def _chosen(self, names: Sequence[Name]) -> list[Name]:
        """Those of @names that the user wants.  Raises UsageError."""
        opts = self._opts
        if not opts.chooses and not cases.selected(opts.filter, names):
            raise UsageError(f"no case matches {opts.filter or 'the options'}; see --list")
        return selectors.select(opts.select or tuple(filter(None, [opts.filter])),
                                self._cases, names, opts.exclude)

    def broken(self, err: TestbedError) -> int:
        """Tell the user, and whoever reads the files."""
        self._result.code = err.code
        self._result.error = err.message
        self._result.unavailable = isinstance(err, Unavailable)
        self._console.error(self._shop.blamed(err))
        with contextlib.suppress(TestbedError):
            self._write()
        return err.code

    def stopped(self) -> None:
        """Nothing to add."""

    def work(self, ground: Ground) -> int:
        """Build, boot and judge; the exit code.  Raises TestbedError."""
        with self._shop.opened(ground.isolation, ground.folder):
            return self._work(ground)

    def _work(self, ground: Ground) -> int:
        result, opts = self._result, self._opts
        if self._packed:
            made = packed.unpacked(self._packed, result, ground.folder, self._console)
        else:
            origin = self._shop.source()
            made = self._make(origin)
            if opts.gdb:
                return self._debug(origin, ground, made)
        if opts.pack:
            return packed.write(opts, result, made, self._console)
        begin = time.monotonic()
        self._boot(made, ground.folder)
        result.boot_seconds = time.monotonic() - begin
        failures.decode(result, made.kernel.path)
        self._display.failures()
        self._cover(made.state)
        if opts.keep:
            self._keep(ground.folder, made.state)
        self._write()
        colour = GREEN if result.code is Exit.PASSED else RED
        self._console.line(self._console.paint(result.closing_line(), colour))
        return result.code

    def _make(self, origin: source.Source) -> Made:
        """Build the kernel of @origin."""
        shop, result, opts = self._shop, self._result, self._opts
        shop.check_variant(origin.line)
        result.line, result.version = origin.line.name, origin.version
        result.origin = origin.origin
        if result.testbed:
            # The tree may be of another line than was named.
            result.testbed.update(provenance.digests(REPOSITORY, origin.line,
                                                     opts.config))
        extra = "".join(f", {path.name}" for path in opts.patches)
        self._console.line(
            f"Linux {origin.version} from {origin.origin}, "
            f"{words.count(len(shop.patches()), 'patch')}{extra}")
        begin = time.monotonic()
        made = shop.kernel(origin)
        result.build_seconds = time.monotonic() - begin
        result.taken = shop.taken
        result.known = shop.known(origin)
        return made

    def _cover(self, state: Path) -> None:
        """Write what has run, if the kernel has counted it."""
        counters, console = self._shop.counters, self._console
        if not counters or self._opts.reach:
            return
        console.begin("reading the counters")
        target = self._opts.coverage or state / "coverage"
        summary = counters.report(
            target, self._result.version, self._shop.opts.html,
            {"line": self._result.line, "variant": self._result.variant,
             "testbed": self._result.testbed, "verdict": self._result.word().lower()})
        console.end(summary)
        if counters.lost:
            console.note(f"{words.count(counters.lost, 'boot')} ended before the "
                         "kernel could leave its counters")
        self._result.coverage = str(target)

    def _debug(self, origin: source.Source, ground: Ground, made: Made) -> int:
        """--gdb."""
        debug.see_proc(ground.isolation.mounts)
        suite, _, case = self._opts.gdb.partition(".")
        src = self._shop.cache / "mnt" / "src"
        return debug.run(
            usual.options(self._opts, made.kernel.path, ground.folder / "boots"),
            (suite, case), (suite, case) in due_reports.wanted(self._cases),
            {f"{src}/mm/kunit": SUITES, str(src): origin.path}, self._console)

    def _boot(self, made: Made, folder: Path) -> None:
        """List the cases, run them, and take down what comes out."""
        opts, result = self._opts, self._result
        counters = self._shop.counters
        recorder = reach.Recorder(counters.notes, folder / "reach") \
            if opts.reach and counters else None
        how = usual.options(opts, made.kernel.path, folder / "boots",
                            counters=counters, recorder=recorder)
        if opts.raw:
            how = replace(how, raw=self._console.line, spread=False, servers=1)
        plan = rounds.Rounds(opts, self._console, self._display, how.seed,
                             [name for name, case in self._cases.items() if case.random])
        known = result.known

        def live(outcome: Outcome) -> None:
            plan.live(known.settle(outcome))

        with children.open_runner(how, live, due_reports.wanted(self._cases),
                                  self._console.note, not opts.children,
                                  self._many()) as boots:
            # --kernel_args may hold filters of their own.
            there = boots.listed(made.state, made.kernel.sha + "".join(opts.kernel_args),
                                 opts.filter)
            names = self._chosen(there)
            if opts.changed:
                names = self._reaching(names)
            result.shard = shards.facts(opts.shard, names, ".".join)
            total, names = len(names), shards.part(opts.shard, names)
            if not names:
                self._console.note(f"shard {opts.shard} has none of "
                                   f"{words.count(total, 'case')}")
            if opts.first:
                early = {name for word in opts.first for name in cases.selected(word, names)}
                names.sort(key=lambda name: name not in early)
            # In a boot that cases share, nothing can be left out; nor what was named alone.
            left = known.hang(names) if isinstance(boots, children.Children) and \
                total > 1 else []
            names_left = [name for name in names if name not in left]
            with proc.threads(uml.at_a_time(opts.jobs, opts.config)) as pool:
                found = plan.run(boots, names_left, there, pool) if names else [Results()]
            for results in found:
                results.outcomes.update({name: known.settle(outcome) for name, outcome
                                         in results.outcomes.items()})
                results.outcomes.update({name: known.not_run(name) for name in left})
            for name in left:
                self._display.line(known.not_run(name))
            result.virtual = boots.virtual
        if recorder:
            self._record(recorder)
        result.flaky = runner.flaky(found)
        result.add(found, names)
        if opts.config.userspace and not opts.chooses and \
           (not opts.shard or opts.shard.index == 1):
            self._userspace(how)
        result.seed = how.seed if result.children else opts.seed
        record = kernels.nearest(kernels.read(REPOSITORY), result.version, opts.config.name)
        if record:
            result.compare(record)
        if opts.no_skips and result.elsewhere and result.code is Exit.PASSED:
            result.code = Exit.FAILED
        for note in result.notes:
            self._console.note(note)
        for bug, name in known.gone:
            self._console.note(f"{'.'.join(name)} passes, in spite of a known bug ({bug}): "
                               f"is it gone? Then say so in patches/{bug.name}/needed")

    def _many(self) -> int:
        """How many cases will run, as far as can be told before the kernel has listed them.

        A kernel is booted for each CPU, but none that would have nothing to do.
        """
        if self._opts.build_options or self._opts.seconds:
            return len(self._cases)
        return len(shards.part(self._opts.shard, self._chosen(list(self._cases)))) * \
            self._opts.repeat

    def _userspace(self, how: runner.Options) -> None:
        """An ordinary boot, which runs a program of ours."""
        self._console.begin("booting with a user space")
        folder = confine.room(how.folder, "userspace")
        # No case has run what this boot counts, so nobody takes it.
        passed, troubles = userspace.check(
            how.kernel, folder, how.args, how.timeout,
            how.counters.environment(folder) if how.counters else None)
        self._result.troubles += troubles
        self._result.judge()
        self._console.end(f"{words.count(len(passed), 'check')} passed")

    def _record(self, recorder: reach.Recorder) -> None:
        """Keep which functions each case has reached."""
        result = self._result
        found = recorder.result({
            "line": result.line, "kernel_version": result.version,
            "date": datetime.date.today().isoformat(),
            "suites": provenance.suites(REPOSITORY)})
        found.save(reach.place(self._shop.cache, result.line))
        self._console.line(f"recorded what {words.count(len(found.cases), 'case')} reach of "
                           f"{words.count(len(found.functions), 'function')}, for --changed")

    def _reaching(self, names: Sequence[Name]) -> list[Name]:
        """Those of @names that reach what differs from --changed."""
        record = reach.load(reach.place(self._shop.cache, self._result.line))
        if record is None:
            raise UsageError(f"nothing is recorded for {self._result.line}; first: mmt run "
                             f"--line {self._result.line} --variant gcov --reach")
        choice = changed.choose(record, self._change, names)
        self._console.line(f"--changed {self._opts.changed}: {choice.sure}")
        if record.facts["suites"] != provenance.suites(REPOSITORY):
            self._console.note("the suites have changed since that was recorded")
        if not choice.names:
            raise UsageError("no case reaches what differs; leave out --changed")
        return choice.names

    def _keep(self, folder: Path, state: Path) -> None:
        """Copy what this run made to where it stays, in one step."""
        kept = state / "kept"
        with tempfile.TemporaryDirectory(prefix=".kept.", dir=state) as tmp:
            new = Path(tmp) / "kept"
            new.mkdir()
            shutil.copy(folder / "linux", new)
            for log in (folder / "boots").glob("*.log"):
                shutil.copy(log, new)
            shutil.rmtree(kept, ignore_errors=True)
            os.replace(new, kept)
        self._console.line(f"kept the kernel and the logs in {kept}")

    def _write(self) -> None:
        """The files that were asked for.  Raises TestbedError."""
        if self._opts.json:
            output.write(self._opts.json, lock.json_bytes(as_json.of(self._result)))
        if self._opts.junit:
            output.write(self._opts.junit, junit.of(self._result))
        if self._opts.ktap:
            output.write(self._opts.ktap, as_ktap.of(self._result))
        if self._opts.kcidb:
            output.write(self._opts.kcidb, lock.json_bytes(kcidb.of(
                as_json.of(self._result), self._opts.origin)))


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command; returns its exit code."""
    console = Console()
    try:
        opts = run_options.parse(sys.argv[1:] if argv is None else argv, fixes=False)
        console.aside(output.distinct(opts.json, opts.junit, opts.ktap, opts.kcidb, opts.pack))
        if opts.all:
            return every.Command(opts, console).run()
        if opts.list:
            return listing.show(
                opts.select or tuple(filter(None, [opts.filter])), opts.exclude, console)
        if opts.dry_run:
            return dry_run.show(opts, console)
        there = pack.read(opts.kernel) if opts.kernel else None
        command = Command(packed.options(opts, there), console, there)
    except TestbedError as err:
        console.error(err)
        return err.code
    return command.run()
