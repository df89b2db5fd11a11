# SPDX-License-Identifier: GPL-2.0
"""The tree as it stands: good, bad, or not to be judged."""

from __future__ import annotations

import os
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

from ..errors import Exit, HostError, TestbedError, UsageError
from ..history import evidence, trial
from ..history.trial import Trial
from ..kernel import source
from ..kernel.workshop import Workshop
from ..model import cases, selectors
from ..model.repository import SUITES
from ..ui.console import GREEN, RED, YELLOW, Console
from . import passed, shared
from .bisect_status import ABORT, exit_status
from .session import Ground, Session


@dataclass(frozen=True)
class Options:
    """What the user asked for; see _parser() for the words."""

    kdir: str
    case: tuple[str, ...]
    words: tuple[str, ...]
    install: bool = True


def _parser() -> shared.Parser:
    parser = shared.Parser(
        prog=shared.me("bisect-step"), allow_abbrev=False,
        usage=f"git bisect run {shared.me('bisect-step')} [options] [-- options of scripts/run.sh]",
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
    shared.add_install(parser)
    return parser


def parse(argv: Sequence[str]) -> Options:
    """The options in @argv.  Raises UsageError; --help exits."""
    mine, words = passed.split(argv)
    args = _parser().parse_args(mine)
    return Options(args.kdir, tuple(args.case), tuple(words), args.install)


class Command:
    """One call of scripts/bisect-step.sh."""

    def __init__(self, wanted: Options, console: Console) -> None:
        self._wanted = wanted
        self._console = console
        known = cases.read(SUITES)
        self._shop = Workshop(passed.options(wanted.words, wanted.kdir, shared.me("bisect-step"),
                                             wanted.install), console)
        self._trial = Trial(self._shop, console,
                            {(case.suite, case.name): case for case in known})

    def run(self) -> int:
        """Do it all; the exit code."""
        return Session(self, self._console).run()

    def prepare(self) -> Path:
        """What needs the host as it is.  Raises TestbedError."""
        if self._wanted.case:
            known = self._trial.known
            selectors.select(self._wanted.case, known, list(known))
        return self._shop.prepare_for([trial.GIT])

    def broken(self, err: TestbedError) -> int:
        """Tell the user, and git."""
        self._console.error(self._shop.blamed(err))
        return exit_status(err.code, isinstance(err, HostError))

    def stopped(self) -> None:
        """Nothing to add."""

    def work(self, ground: Ground) -> int:
        """Judge the tree; the exit code."""
        try:
            with self._shop.opened(ground.isolation, ground.folder):
                return self._judge()
        except (TestbedError, OSError):
            raise
        except Exception:
            traceback.print_exc()
            return ABORT

    def _judge(self) -> int:
        tested = self._trial.build(self._source())
        found = self._trial.examine(tested, self._wanted.case, True)
        console, explainer = self._console, self._trial.explainer
        for failure in found.bad:
            console.lines(explainer.full(failure), "")
        if found.bad or found.troubles:
            what = explainer.brief(found.bad[0]) if found.bad else \
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
            return self._shop.source()
        except UsageError as err:
            if (Path(self._wanted.kdir) / "Makefile").exists():
                # A kernel, but one that we cannot test at this commit.
                raise TestbedError(err.message, err.details) from None
            raise


def main(argv: Sequence[str]) -> int:
    """The command; returns its exit code."""
    console = Console()
    try:
        command = Command(parse(argv), console)
    except TestbedError as err:
        console.error(err)
        return exit_status(err.code, isinstance(err, HostError))
    return command.run()
