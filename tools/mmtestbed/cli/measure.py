# SPDX-License-Identifier: GPL-2.0
"""mmt measure: what the suites of mm/kunit/measure print, several times, as a table."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

from ..boot import ktap, usual
from ..errors import Exit, TestbedError, UsageError
from ..host import lock, proc
from ..kernel import build, offshoots, provenance
from ..kernel.workshop import Workshop
from ..model import cases, configs, selectors
from ..model.options import Options as RunOptions
from ..model.outcomes import Results
from ..model.repository import REPOSITORY, SUITES
from ..proof.bare import Bare
from ..result import measured
from ..ui import output, tables, words
from ..ui.console import Console
from . import run_options, shared
from .session import Ground, Session

OPTION = "CONFIG_MM_KUNIT_MEASURE"
GLOB = "measure_*"
_WIDEST = 160


@dataclass(frozen=True)
class Options:
    """What the user asked for; see _parser() for the words."""

    select: tuple[str, ...]
    exclude: tuple[str, ...]
    repeat: int
    json: Optional[Path]
    run: RunOptions


def _parser() -> shared.Parser:
    parser = shared.Parser(
        prog=shared.me("measure"), allow_abbrev=False,
        description="Build the suites that measure into the kernel, run them, and print "
                    "what they count: the median of several runs, and the spread.",
        epilog="Exit codes: 0 measured; 1 a case failed; 2 wrong usage; 125 the tree could "
               "not be prepared, patched, configured or built.")
    shared.add_cases(parser)
    add = parser.add_argument
    add("--kdir", metavar="PATH", default=os.environ.get("KDIR", ""),
        help="kernel tree (default: $KDIR, else Debian's package); never written to")
    add("--line", metavar="LINE", help="kernel to measure (default: 6.12, or that of --kdir)")
    add("--variant", choices=[config.name for config in configs.CONFIGS],
        help="its configuration (default: plain)")
    add("--repeat", metavar="N", type=shared.positive, default=5,
        help="runs, each with another seed (default: %(default)s)")
    add("--jobs", metavar="N", type=shared.positive, default=os.cpu_count() or 1,
        help="jobs of make (default: one per CPU); cases run one at a time")
    add("--json", metavar="FILE", help="write each single figure as JSON")
    shared.add_mode(parser)
    shared.add_install(parser)
    return parser


def parse(argv: Optional[Sequence[str]]) -> Options:
    """The options in @argv.  Raises UsageError; --help exits."""
    args = _parser().parse_intermixed_args(argv)
    given = ["--jobs", str(args.jobs), *shared.mode_words(args)]
    for name in ("kdir", "line", "variant"):
        if getattr(args, name):
            given += [f"--{name}", getattr(args, name)]
    if not args.install:
        given.append("--no-install")
    return Options(tuple(args.select), tuple(args.exclude), args.repeat,
                   shared.output_file(args.json), run_options.parse(given))


class Command:
    """One call of mmt measure."""

    def __init__(self, wanted: Options, console: Console) -> None:
        self._wanted = wanted
        self._console = console
        console.aside(output.distinct(wanted.json))
        self._cases = {(case.suite, case.name): case for case in cases.read(SUITES)
                       if case.measures}
        self._shop = Workshop(wanted.run, console)
        self._bare = Bare(self._shop, console, self._cases, "measurements")

    def run(self) -> int:
        """Do it all; the exit code."""
        return Session(self, self._console).run()

    def prepare(self) -> Path:
        """What needs the host as it is.  Raises TestbedError."""
        self._chosen()
        return self._shop.prepare()

    def broken(self, err: TestbedError) -> int:
        """Tell the user."""
        self._console.error(self._shop.blamed(err))
        return err.code

    def stopped(self) -> None:
        """Nothing to add."""

    def _chosen(self) -> list[tuple[str, str]]:
        """The cases that were asked for.  Raises UsageError."""
        wanted = self._wanted
        # A contract means what measures it.
        known = list(self._cases)
        if not known:
            raise UsageError("no suite measures anything; see mm/kunit/measure")
        by_id = [name for word in wanted.select if selectors.is_contract(word)
                 for name in known if any(cases.glob_match(word, id)
                                          for id in self._cases[name].measures)]
        globs = [word for word in wanted.select if not selectors.is_contract(word)]
        if wanted.select and not globs and not by_id:
            raise UsageError(f"nothing measures {' '.join(wanted.select)}; see "
                             "Documentation/measurements.rst")
        found = by_id + (selectors.select(globs, self._cases, known)
                         if globs or not wanted.select else [])
        return [name for name in selectors.select((), self._cases, known, wanted.exclude)
                if name in found]

    def work(self, ground: Ground) -> int:
        """Build and measure; the exit code.  Raises TestbedError."""
        with self._shop.opened(ground.isolation, ground.folder):
            return self._work(ground.folder)

    def _work(self, folder: Path) -> int:
        wanted, console, shop = self._wanted, self._console, self._shop
        origin = self._bare.source()
        facts = provenance.facts(REPOSITORY, origin.line, wanted.run.config)
        with self._bare.built(origin, 1) as (base, kernel):
            kernel.unlink()
            offshoots.own_mounts()
            with offshoots.opened(base, folder / "measure") as offshoot:
                console.begin("building the suites that measure")
                offshoot.make({OPTION: "y"}, os.cpu_count())
                console.end()
                build.take(offshoot.kernel, kernel)
        runs, bad = [], []
        console.begin(f"measuring {words.count(wanted.repeat, 'time')}")
        for number in range(1, wanted.repeat + 1):
            # Nothing else of ours runs meanwhile.
            how = usual.options(
                shop.opts, kernel, folder / f"run-{number}", jobs=1, seed=number,
                spread=False, cpu=math.ceil(10 * shop.opts.cpu))
            with self._bare.opened(how, console.note) as boots, proc.threads(1) as pool:
                names = [name for name in boots.cases(GLOB) if name in self._chosen()]
                results = boots.some(names, boots.cases(""), pool)
            bad += self._bad(results)
            runs.append([figure for log in sorted(how.folder.glob("*.log"))
                         for figure in measured.read(map(ktap.clean, log.read_text(
                             encoding="utf-8", errors="replace").splitlines()))])
            console.progress(f"{number} of {wanted.repeat}")
        console.end()
        return self._close(measured.gather(runs), bad, {
            "testbed": facts, "kernel_version": origin.version, "line": origin.line.name,
            "variant": wanted.run.config.name, "repeat": wanted.repeat})

    @staticmethod
    def _bad(results: Results) -> list[str]:
        return [f"{outcome.suite}.{outcome.name}: {outcome.status.value}: {outcome.reason}"
                for outcome in results.outcomes.values() if not outcome.status.good] + \
            [f"the kernel misbehaved: {trouble.what}" for trouble in results.troubles]

    def _close(self, figures: Sequence[measured.Figure], bad: Sequence[str],
               facts: dict[str, object]) -> int:
        wanted, console = self._wanted, self._console
        if figures:
            console.line()
            console.lines(tables.plain([measured.HEADING, *(
                figure.cells() for figure in figures)], _WIDEST), "")
            console.line()
        for line in dict.fromkeys(bad):
            console.line(f"FAIL  {line}")
        if wanted.json:
            output.write(wanted.json, lock.json_bytes(measured.as_json(figures, facts)))
        testbed = facts["testbed"]
        assert isinstance(testbed, dict)
        commit = str(testbed["commit"])[:12] or "unknown"
        changed = " and changes" if testbed["changed"] else ""
        console.line(f"{words.count(len(figures), 'figure')}, {wanted.repeat} runs each, "
                     f"Linux {facts['kernel_version']} {facts['variant']}, "
                     f"{testbed['cpus']} CPUs, mm-testbed {commit}{changed}, "
                     f"{testbed['date']}")
        return Exit.FAILED if bad or not figures else Exit.PASSED


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command; returns its exit code."""
    console = Console()
    try:
        command = Command(parse(argv), console)
    except TestbedError as err:
        console.error(err)
        return err.code
    return command.run()
