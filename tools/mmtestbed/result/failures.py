# SPDX-License-Identifier: GPL-2.0
"""What scripts/run.sh shows of the cases: one line each, and all about the bad ones."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Sequence

from ..boot import guards, judge
from ..model import configs, lines, options, outcomes
from ..model.outcomes import Outcome, Status
from ..ui.console import GREEN, RED, YELLOW, Console
from . import verdict

# So much of a failing case's output and of a report is shown, in lines.
_SHOWN = 30


def again(opts: options.Options, outcome: Outcome, *more: str) -> str:
    """The command that runs the case of @outcome once more as it was run with @opts.

    @more: words in the place of --filter.
    """
    words = []
    if opts.kernel:
        return shlex.join(["scripts/run.sh", "--kernel", str(opts.kernel), *_how(opts, outcome),
                           *(more or _case(outcome))])
    if opts.kdir:
        words += ["--kdir", opts.kdir]
    if opts.line and (opts.kdir or opts.line is not lines.DEFAULT):
        words += ["--line", opts.line.name]
    if opts.config is not configs.PLAIN:
        words += ["--variant", opts.config.name]
    for patch in opts.patches:
        words += ["--with", str(patch)]
    if opts.build_dir:
        words += ["--build-dir", str(opts.build_dir)]
    if opts.fixes:
        words.append("--fixes")
    for name in opts.groups:
        words += ["--group", name]
    words += _how(opts, outcome)
    words += more or _case(outcome)
    rest = [*opts.build_options, *(f"--kernel_args={arg}" for arg in opts.kernel_args)]
    return shlex.join(["scripts/run.sh", *words, *(["--", *rest] if rest else [])])


def _how(opts: options.Options, outcome: Outcome) -> list[str]:
    """The words for how cases run."""
    words = []
    if opts.own_timeout:
        words += ["--timeout", f"{opts.own_timeout:g}"]
    if opts.host_time:
        words.append("--host-time")
    if opts.one_boot:
        words.append("--one-boot")
    if outcome.seed is not None and outcome.seed != options.SEED:
        words += ["--seed", str(outcome.seed)]
    return words


def _case(outcome: Outcome) -> tuple[str, ...]:
    return ("--filter", f"{outcome.suite}.{outcome.name}")


def decode(run: verdict.Run, kernel: Path) -> None:
    """Name functions and lines in the reports of @kernel."""
    decoder = guards.Decoder(kernel)
    for outcome in run.outcomes:
        before = judge.why(outcome.splats) if outcome.splats else ""
        for splat in [*outcome.splats, *outcome.expected]:
            decoder.decode(splat)
        if outcome.splats and outcome.status is not Status.HUNG:
            why = judge.why(outcome.splats)
            # That of a known bug says which it is.
            outcome.reason = outcome.reason.replace(before, why) \
                if outcome.status is Status.KNOWN else why
    for trouble in run.troubles:
        for splat in trouble.splats:
            decoder.decode(splat)


class Display:
    """Shows the cases of @run, which was made with @opts."""

    def __init__(self, console: Console, run: verdict.Run,
                 opts: options.Options) -> None:
        self._console = console
        self._run = run
        self._opts = opts

    def line(self, outcome: Outcome) -> None:
        """One line for a case that has just come out."""
        words = {Status.PASSED: ("ok", GREEN), Status.SKIPPED: ("skip", YELLOW),
                 Status.KNOWN: ("bug", YELLOW)}
        word, colour = words.get(outcome.status, ("FAIL", RED))
        name = f"{outcome.suite}.{outcome.name}"
        contracts = " ".join(self._run.contracts(outcome.key))
        tail = ""
        if outcome.status in (Status.SKIPPED, Status.KNOWN):
            tail = f"  # {outcome.reason}"
        elif not outcome.status.good:
            tail = f"  {outcome.status.value}: {outcome.reason}"
        self._console.line(f"{self._console.paint(f'{word:4}', colour)}  {name:56}  "
                           f"{contracts:12}  {outcome.seconds:6.2f} s{tail}")

    def failures(self) -> None:
        """For each bad case: what it promises, what happened instead, and how to see
        that again."""
        console, run = self._console, self._run
        for outcome in run.bad():
            console.line()
            console.line(console.paint(
                f"{outcome.suite}.{outcome.name}: {outcome.status.value}", RED))
            self._failure(outcome)
        for trouble in run.troubles:
            console.line()
            console.line(console.paint(f"the kernel misbehaved: {trouble.what}", RED))
            self._quote(trouble.splats)
        if run.bad() or run.troubles:
            console.line()

    def _failure(self, outcome: Outcome) -> None:
        console, run = self._console, self._run
        case = run.cases.get(outcome.key)
        file, number = run.place(outcome)
        if file:
            # As compilers say it, so that an editor jumps there.
            console.line(f"{file}:{number}: {outcome.status.value}: "
                         f"{outcome.reason or 'no reason given'}")
        contracts = " ".join(run.contracts(outcome.key))
        if contracts:
            console.line(f"  contract: {contracts}")
        if case and case.summary:
            console.line(f"  promises: {case.summary} ({case.file}:{case.line})")
        if outcome.reason:
            console.line(f"  reason:   {outcome.reason}")
        if outcome.key in run.flaky:
            counts = ", ".join(f"{count} {status}" for status, count
                               in run.flaky[outcome.key].items())
            console.line(f"  flaky:    {counts}")
        if case and case.random and outcome.seed is not None:
            console.line(f"  seed:     {outcome.seed}")
        quoted = {line for splat in outcome.splats for line in splat.lines}
        console.lines([line for line in outcome.output
                       if line.strip() not in quoted][:_SHOWN])
        self._quote(outcome.splats)
        console.line(f"  again:    {again(self._opts, outcome)}")
        name = f"{outcome.suite}.{outcome.name}"
        if not self._opts.kernel:
            console.line(f"  in gdb:   {again(self._opts, outcome, '--gdb', name)}")

    def _quote(self, splats: Sequence[outcomes.Splat]) -> None:
        for splat in splats:
            where = f", {splat.where}" if splat.where else ""
            self._console.line(f"  kernel report ({splat.kind}{where}):")
            self._console.lines(splat.lines[:_SHOWN], "    | ")
