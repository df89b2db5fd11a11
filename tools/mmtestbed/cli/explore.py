# SPDX-License-Identifier: GPL-2.0
"""mmt explore: all schedules of programs, counted, and what is wrong with one of them."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Iterator, Optional, Sequence

from ..boot import debug, usual
from ..errors import Exit, TestbedError, UsageError
from ..explore import lanes, program, report, search, touched
from ..explore.farm import Farm
from ..explore.outcome import Found
from ..explore.program import Program
from ..explore.schedule import Id
from ..explore.search import Coverage
from ..host import deps, lock, proc
from ..kernel import build, offshoots, provenance
from ..kernel.source import Source
from ..kernel.tree import Files
from ..kernel.workshop import Workshop
from ..model import shards
from ..model.repository import REPOSITORY, SUITES
from ..proof import choice, controls, together
from ..proof.bare import Bare
from ..proof.controls import Control
from ..ui import output, tables, words
from ..ui.console import GREEN, RED, Console
from . import explore_options, shared
from .explore_options import Options
from .session import Ground, Session

CONTROLS = REPOSITORY / "patches" / "controls"
ACCESSES = "CONFIG_MM_KUNIT_EXPLORE_ACCESSES"
_ASIDE = "mm_kunit.explore_aside=1"
_SCHEMA = 1


class Command:
    """One call of mmt explore."""

    def __init__(self, wanted: Options, console: Console) -> None:
        self._wanted = wanted
        self._console = console
        console.aside(output.distinct(wanted.json))
        self._shop = Workshop(wanted.run, console,
                              self._with_lines if wanted.replay or wanted.gdb else None)
        self._whole = list(map(str, wanted.whole))
        self._controls = self._chosen()
        self._facts: dict[str, Any] = {}
        self._source = Path()

    @staticmethod
    def _with_lines(files: Files, tree: Path) -> Files:
        return debug.with_lines(files, tree)

    def _chosen(self) -> list[Control]:
        line = self._wanted.run.line
        if not self._wanted.controls or not line:
            return []
        found = choice.chosen(controls.read(CONTROLS), line.name, self._wanted.controls, ())
        if (self._wanted.replay or self._wanted.gdb) and len(found) != 1:
            raise UsageError("a schedule is run again with one control: --control names "
                             f"{len(found)}")
        self._whole = [each.name for each in found]
        return shared.shared_out(self._wanted.shard, found, "control")

    def run(self) -> int:
        """Do it all; the exit code."""
        return Session(self, self._console).run()

    def prepare(self) -> Path:
        """What needs the host as it is.  Raises TestbedError."""
        if self._controls:
            deps.ensure(deps.CONTROLS, self._console, self._wanted.run.install)
        return self._shop.prepare()

    def broken(self, err: TestbedError) -> int:
        """Tell the user."""
        self._console.error(self._shop.blamed(err))
        return err.code

    def stopped(self) -> None:
        """Nothing to add."""

    def work(self, ground: Ground) -> int:
        """Build and explore; the exit code.  Raises TestbedError."""
        wanted, folder = self._wanted, ground.folder
        with self._shop.opened(ground.isolation, folder):
            if self._controls or wanted.accesses:
                kernel, names = self._special(folder)
            else:
                origin = self._shop.source()
                self._note_facts(origin)
                kernel, names = self._shop.kernel(origin).kernel.path, []
            found = [each for each in self._controls if each.name in names]
            one = wanted.replay or wanted.gdb
            if self._controls and not one:
                return self._hunts(kernel, folder, found)
            if self._controls and not found:
                raise TestbedError(f"{self._controls[0].name} is not in this kernel")
            more = [*([_ASIDE] if wanted.aside else []),
                    *(f"mm_control={each.name}" for each in found)]
            if wanted.gdb:
                return self._debug(kernel, ground, wanted.gdb, more)
            with self._farm(kernel, folder, more) as farm:
                if wanted.replay:
                    return self._replay(farm, kernel)
                return self._close([self._explore(farm, each) for each in wanted.programs])

    def _special(self, folder: Path) -> tuple[Path, list[str]]:
        """A kernel that differs a little from the plain one, and the names of the controls
        in it."""
        shop, console, wanted = self._shop, self._console, self._wanted
        bare = Bare(shop, console, {}, "such kernels")
        origin = bare.source()
        self._note_facts(origin)
        kernel, scratch = folder / "special" / "linux", folder / "rules"
        for place in (kernel.parent, scratch):
            place.mkdir()
        config = {ACCESSES: "y"} if wanted.accesses else {}

        def with_lines(offshoot: offshoots.Offshoot) -> None:
            if wanted.replay or wanted.gdb:
                offshoot.put({path: new for path, new in debug.with_lines(
                    {}, offshoot.src).items() if new is not None})

        with bare.built(origin, 1) as (base, _):
            offshoots.own_mounts()
            which = together.Plan()
            with offshoots.opened(base, folder / "pristine") as offshoot:
                if self._controls:
                    which = together.plan(self._controls, offshoot.src, scratch,
                                          shop.cache / "cocci", wanted.run.jobs)
                else:
                    console.begin("building the files whose accesses are points")
                    with_lines(offshoot)
                    offshoot.make(config, os.cpu_count())
                    build.take(offshoot.kernel, kernel)
                    console.end()
            for name in which.alone:
                console.note(f"{name} cannot be built in beside others; it is left out")
            for broken in which.broken:
                console.note(f"{broken.control.name} does not apply; it is left out")
            if self._controls:
                console.begin(f"building {words.count(len(which.built_in), 'control')} into "
                              "one kernel")
                together.make(base, which, folder, kernel, os.cpu_count() or 1, config,
                              with_lines)
                console.end()
        return kernel, [each.name for each in self._controls if each.name in which.built_in]

    def _note_facts(self, origin: Source) -> None:
        self._source = origin.path
        self._facts = {
            "schema": _SCHEMA, "line": origin.line.name, "kernel_version": origin.version,
            "variant": "accesses" if self._wanted.accesses else
            self._wanted.run.config.name, "switches": self._wanted.switches,
            "shard": shards.facts(self._wanted.shard, self._whole, str),
            "seconds": self._wanted.seconds, "points": self._points(), "testbed": provenance.facts(
                REPOSITORY, origin.line, self._wanted.run.config)}

    @contextlib.contextmanager
    def _farm(self, kernel: Path, folder: Path, more: Sequence[str] = (),
              name: str = "explore") -> Iterator[Farm]:
        how = usual.options(self._shop.opts, kernel, folder / name, logs=False)
        if self._wanted.all_points:
            more = [*more, "mm_kunit.explore_reduce=0"]
        farm = Farm(how, self._console.note, more)
        try:
            yield farm
        finally:
            farm.close()

    def _explore(self, farm: Farm, which: Program,
                 since: Optional[float] = None) -> Coverage:
        """All schedules of @which, as far as the user wants.

        @since: the time is that of a search for a control, which is under way.
        """
        wanted, console = self._wanted, self._console
        quiet, begin = since is not None, since or time.monotonic()
        if not quiet:
            console.begin(str(which))

        def over() -> bool:
            return wanted.seconds is not None and \
                time.monotonic() - begin > wanted.seconds

        def tell(done: int, total: int, switches: int) -> None:
            if not quiet:
                console.progress(f"{words.count(switches, 'switch')}: "
                                 f"{words.share(done, total, time.monotonic() - begin)}")

        with proc.threads(farm.size, last=False) as pool:
            while True:
                found = search.explore(which, farm.run, wanted.switches, farm.size, pool,
                                       over, tell, wanted.keep_going, wanted.seed)
                if not found.places or found.bad or over():
                    break
                # Points have other numbers now: all over again.
                farm.know(which, found.places)
            if found.bad and found.seed is not None:
                found.bad[0] = search.shrink(which, found.bad[0], farm.run)
            less = search.in_shorter(which, found.bad[0], farm.run, farm.size, pool) \
                if found.bad and not quiet else None
        if quiet:
            return found
        console.end(f"{report.covered(found)}, {report.verdict(found)}")
        for bad in found.bad[:3]:
            console.lines(self._fault(farm, which, bad), "    ")
        if less:
            console.line("  with an operation less:")
            console.lines(self._fault(farm, *less), "    ")
        return found

    def _close(self, found: Sequence[Coverage]) -> int:
        """The table, the JSON and the closing line."""
        console = self._console
        console.line()
        console.lines(tables.plain([report.HEADING, *map(report.row, found)]), "")
        console.line()
        good = all(each.good for each in found)
        self._write({"programs": [report.as_json(each) for each in found]})
        done, total = sum(each.done for each in found), sum(each.total for each in found)
        run = sum(each.run for each in found)
        seconds = sum(each.seconds for each in found)
        word, colour = ("PASS", GREEN) if good else ("FAIL", RED)
        every = "all " if done == total else f"{100 * done // max(1, total)} % of "
        console.line(console.paint(
            f"{word}: {words.count(len(found), 'program')}, {every}"
            f"{words.count(total, 'schedule')} with at most "
            f"{words.count(self._wanted.switches, 'switch')} at "
            f"{self._points()}, Linux {self._facts['kernel_version']}, {seconds:.1f} s, "
            f"{run / max(seconds, 0.001):.0f} a second", colour))
        return Exit.PASSED if good else Exit.FAILED

    def _fault(self, farm: Farm, which: Program, bad: Found) -> list[str]:
        """What is wrong with a schedule of @which."""
        how = " --accesses" * self._wanted.accesses + " --aside" * self._wanted.aside + \
            "".join(f" --control {each.name}" for each in self._controls[:1])
        return report.fault(which, bad, farm.ends(which).get(bad.done, ()), how)

    def _points(self) -> str:
        if self._wanted.aside:
            return "locks and accesses, inside spinlocks as well"
        return "locks and accesses" if self._wanted.accesses else "locks and references"

    def _write(self, more: dict[str, Any]) -> None:
        if self._wanted.json:
            output.write(self._wanted.json, lock.json_bytes({**self._facts, **more}))

    def _replay(self, farm: Farm, kernel: Path) -> int:
        """Run one schedule twice, once as it was and once with a trace."""
        id_ = self._wanted.replay
        assert id_
        console = self._console
        found = farm.run(id_.program, id_.schedule)
        traced = farm.run(id_.program, id_.schedule, trace=True)
        now = report.id_of(id_.program, found)
        console.line()
        console.lines(lanes.draw(id_.program, traced.points, kernel), "")
        console.line()
        self._write({"replay": {"id": str(now), "ops": list(id_.program.ops),
                                "why": found.why, "end": found.end,
                                "points": lanes.as_json(traced.points, kernel)}})
        if id_.digest:
            same = id_.digest == now.digest
            console.line("its console is the same, byte for byte" if same else
                         f"its console is another one: it is {now} now")
        if found.why:
            console.lines(self._fault(farm, id_.program, found), "")
            console.lines([text for text in found.lines if "explore: path" not in text])
        else:
            console.line(f"{now}: good; ends with {found.end}")
        return Exit.FAILED if found.why else Exit.PASSED

    def _debug(self, kernel: Path, ground: Ground, id_: Id, more: Sequence[str]) -> int:
        """Run one schedule in gdb, without children.

        @more: for the command line of the kernel.
        """
        debug.see_proc(ground.isolation.mounts)
        how = usual.options(self._shop.opts, kernel, ground.folder / "boots")
        how = replace(how, args=(*how.args, *more, f"mm_kunit.explore_program={id_.program}",
                                 *id_.schedule.words.split()))
        suite, _, case = program.CASE.partition(".")
        last = len(id_.schedule.at)
        src = self._shop.cache / "mnt" / "src"
        return debug.run(
            how, (suite, case), False,
            {f"{src}/mm/kunit": SUITES, str(src): self._source},
            self._console, ["the last switch" if last else "the beginning"],
            # The schedules without a switch are run ahead of it.
            ["break mmx_switched" if last else "break mmx_begin",
             f"ignore $bpnum {last - 1 if last else len(id_.program.ops)}"])

    # With controls.

    def _hunts(self, kernel: Path, folder: Path, found: Sequence[Control]) -> int:
        """Which programs find each control of @found, which are in @kernel."""
        rows: list[dict[str, Any]] = []
        for control in found:
            rows.append(self._hunt(control, kernel, folder))
            # It takes long: what has been found is kept if somebody stops it.
            self._write({"hunts": rows})
        console = self._console
        console.line()
        console.lines(tables.plain([
            ["control", "program", "switches", "schedules", "seconds", "what is wrong"],
            *([row["control"], row["program"] or "none", str(row["switches"]),
               str(row["schedules"]), f"{row['seconds']:.1f}", row["why"]]
              for row in rows)], 140), "")
        return Exit.PASSED if all(row["found"] for row in rows) else Exit.FAILED

    def _hunt(self, control: Control, kernel: Path, folder: Path) -> dict[str, Any]:
        """Look for @control, by one program after the other up to its first bad schedule."""
        console, wanted, name = self._console, self._wanted, control.name
        programs = wanted.programs or touched.hunting(
            control.files, control.rule.functions if control.rule else ())
        console.begin(name)
        begin, done = time.monotonic(), 0
        row: dict[str, Any] = {"control": name, "found": False, "program": "", "id": "",
                               "switches": wanted.switches, "why": "",
                               "programs": len(programs), "tried": 0}
        more = [*([_ASIDE] if wanted.aside else []), f"mm_control={name}"]
        with self._farm(kernel, folder, more, f"explore-{name}") as farm:
            for which in programs:
                if wanted.seconds and time.monotonic() - begin > wanted.seconds:
                    break
                row["tried"] += 1
                found = self._explore(farm, which, begin)
                done += found.run
                console.progress(f"{which}, {words.count(done, 'schedule')}")
                if found.bad:
                    bad = found.bad[0]
                    row.update(found=True, program=str(which), why=bad.why,
                               switches=len(bad.schedule.at),
                               id=str(report.id_of(which, bad)))
                    break
        row.update(schedules=done, seconds=round(time.monotonic() - begin, 1))
        console.end(f"{row['id'] or 'not found'}: {row['why']}" if row["found"] else
                    f"not found by {words.count(done, 'schedule')} of {row['tried']} out of "
                    f"{words.count(len(programs), 'program')}")
        return row


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command; returns its exit code."""
    console = Console()
    try:
        wanted = explore_options.parse(sys.argv[1:] if argv is None else argv)
        if wanted.list:
            console.lines([str(each) for each in wanted.programs], "")
            return Exit.PASSED
        command = Command(wanted, console)
    except TestbedError as err:
        console.error(err)
        return err.code
    return command.run()
