# SPDX-License-Identifier: GPL-2.0
"""The tree as it stands: good, bad, or not to be judged."""

from __future__ import annotations

import os
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

from ..errors import Exit, HostError, TestbedError, UsageError
from ..history import evidence, trial
from ..host import ns
from ..kernel import source
from ..out.console import GREEN, RED, YELLOW, Console
from . import options
from .bisect_step import ABORT, exit_status

_ME = "scripts/bisect-step.sh"


@dataclass(frozen=True)
class Options:
    """What the user asked for; see _parser() for the words."""

    kdir: str
    case: tuple[str, ...]
    words: tuple[str, ...]
    install: bool = True


def _parser() -> options.Parser:
    parser = options.Parser(
        prog=_ME, allow_abbrev=False,
        usage=f"git bisect run {_ME} [options] [-- options of scripts/run.sh]",
        description="Judge the tree as it stands; it is only read.  A case that fails "
                    f"is booted {evidence.AGAIN} times more, and the majority decides.",
        epilog="Exit codes, as git bisect run wants them: 0 no case fails; 1 one does; "
               "125 the tree cannot be patched, configured or built, or no case can "
               "run; 255 wrong usage, or the machine is at fault.")
    add = parser.add_argument
    add("--kdir", metavar="PATH", default=os.environ.get("KDIR", "") or ".",
        help="the tree (default: $KDIR, else the current folder)")
    add("--case", metavar="WORD", action="append", default=[],
        help="look at these cases only: a contract (MW-3) or a suite.case glob "
             "(repeatable)")
    options.add_install(parser)
    return parser


def parse(argv: Sequence[str]) -> Options:
    """The options in @argv.  Raises UsageError; --help exits."""
    mine, words = trial.split_words(argv)
    args = _parser().parse_args(mine)
    return Options(args.kdir, tuple(args.case), tuple(words), args.install)


class Command(trial.Trial):
    """One call of scripts/bisect-step.sh."""

    def __init__(self, wanted: Options, console: Console) -> None:
        super().__init__(trial.run_options(wanted.words, wanted.kdir, _ME, wanted.install),
                         console)
        self._wanted = wanted

    def _outside(self) -> Optional[int]:
        if self._wanted.case:
            evidence.select(self._wanted.case, self._cases, list(self._cases))
        self._tools()
        return None

    def _broken(self, err: TestbedError) -> int:
        return exit_status(super()._broken(err), isinstance(err, HostError))

    def _inside(self, isolation: ns.Isolation) -> int:
        try:
            return super()._inside(isolation)
        except Exception:
            traceback.print_exc()
            return ABORT

    def _work(self, isolation: ns.Isolation, folder: Path) -> int:
        self._isolation, self._folder = isolation, folder
        origin = self._source()
        tested = self._build_it(origin)
        found = self._examine(tested, self._wanted.case, True)
        console = self._console
        for failure in found.bad:
            console.lines(self.explainer.full(failure), "")
        if found.bad or found.troubles:
            what = self.explainer.brief(found.bad[0]) if found.bad else \
                f"the kernel misbehaved: {found.troubles[0]}"
            console.line(console.paint(f"bad: {what}", RED))
            return Exit.FAILED
        if not found.passed and not found.flaky:
            reason = found.skipped[0].reason if found.skipped else "none ran"
            console.line(console.paint(f"skip: no case passed: {reason}", YELLOW))
            return Exit.BROKEN
        console.line(console.paint("good: no case fails", GREEN))
        return Exit.PASSED

    def _source(self) -> source.Source:
        try:
            return super()._source()
        except UsageError as err:
            if (Path(self._wanted.kdir) / "Makefile").exists():
                # A kernel, but one that we cannot test at this commit.
                raise TestbedError(err.message, err.details) from None
            raise

    def _write_reports(self) -> None:
        """None are to be had."""


def main(argv: Sequence[str]) -> int:
    """The command; returns its exit code."""
    console = Console()
    try:
        command = Command(parse(argv), console)
    except TestbedError as err:
        console.error(err)
        return exit_status(err.code, isinstance(err, HostError))
    return command.run()
