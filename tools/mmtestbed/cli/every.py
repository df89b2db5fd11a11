# SPDX-License-Identifier: GPL-2.0
"""scripts/run.sh --all: each line in each variant, and one table of it all."""

from __future__ import annotations

import os
import shlex
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping, Optional, Sequence

from ..errors import Exit, Interrupted, TestbedError
from ..host import deps, lock, proc
from ..kernel import source
from ..model import configs, lines, options
from ..model.configs import Config
from ..model.lines import Line
from ..ui import output, tables
from ..ui.console import GREEN, RED, YELLOW, Console

_SCHEMA = 1
# How loud an exit code is: that of the whole is the loudest.
_LOUDNESS = (Exit.PASSED, Exit.FAILED, Exit.BROKEN)


@dataclass(frozen=True)
class Row:
    """What became of one line in one variant.

    @word: PASS, FAIL, BROKEN or SKIP.
    @note: why, if it did not pass; else the cases and contracts.
    @report: the JSON of the run; empty if there was none.
    """

    line: str
    variant: str
    word: str
    note: str
    report: Mapping[str, Any]

    @property
    def code(self) -> Exit:
        """The exit code that it stands for."""
        return {"FAIL": Exit.FAILED, "BROKEN": Exit.BROKEN}.get(self.word, Exit.PASSED)

    def cells(self) -> list[str]:
        """The row of the table."""
        def took(key: str) -> str:
            return f"{self.report[key]:.1f} s" if self.word in ("PASS", "FAIL") else ""

        return [self.line, str(self.report.get("kernel_version", "")), self.variant,
                self.word, took("build_seconds"), took("boot_seconds"), self.note]


def plan(line: Optional[Line], wanted: Optional[Config]) -> list[tuple[Line, Config]]:
    """What to run, in order: all, but for what @line and @wanted leave out."""
    return [(which, config) for which in lines.LINES for config in configs.CONFIGS
            if line in (None, which) and wanted in (None, config)]


def words(opts: options.Options, line: Line, config: Config) -> list[str]:
    """The words that make scripts/run.sh run @line in @config as @opts has it."""
    found = ["--line", line.name, "--variant", config.name, "--jobs", str(opts.jobs),
             "--repeat", str(opts.repeat)]
    if opts.kdir:
        found += ["--kdir", opts.kdir]
    if opts.filter:
        found += ["--filter", opts.filter]
    found += opts.select
    for word in opts.exclude:
        found += ["--exclude", word]
    if opts.changed:
        found += ["--changed", opts.changed]
    if opts.fail_fast:
        found.append("--fail-fast")
    for patch in opts.patches:
        found += ["--with", str(patch)]
    if opts.own_timeout:
        found += ["--timeout", str(opts.own_timeout)]
    if opts.seed is not None:
        found += ["--seed", str(opts.seed)]
    if opts.host_time:
        found.append("--host-time")
    if opts.one_boot:
        found.append("--one-boot")
    if opts.shuffle is not None:
        found += ["--shuffle", str(opts.shuffle)]
    if opts.fixes:
        found.append("--fixes")
    for name in opts.groups:
        found += ["--group", name]
    if opts.no_skips:
        found.append("--no-skips")
    if opts.keep:
        found.append("--keep")
    if not opts.install:
        found.append("--no-install")
    rest = [*opts.build_options, *(f"--kernel_args={arg}" for arg in opts.kernel_args)]
    return [*found, "--", *rest] if rest else found


def row(line: Line, config: Config, code: int, report: Any, output: str) -> Row:
    """What a run that ended with @code, wrote @report and printed @output comes to."""
    said = [text.strip() for text in output.splitlines() if text.strip()] or [""]
    if not isinstance(report, dict) or not report:
        last = said[-1].split(": ", 1)[-1]
        return Row(line.name, config.name, "BROKEN", last or f"exit code {code}", {})
    word = str(report["verdict"]).upper()
    if word in ("PASS", "FAIL"):
        # The closing line, without what the other columns have.
        note = said[-1].removeprefix(f"{word}: ")
        note = note.split(f", Linux {report['kernel_version']}")[0]
        note = note.split(f"; Linux {report['kernel_version']}")[0]
    else:
        note = str(report["error"])
    return Row(line.name, config.name, word, note, report)


def code(rows: Sequence[Row]) -> Exit:
    """The exit code of it all; if nothing could run at all, nothing was proved."""
    if all(found.word == "SKIP" for found in rows):
        return Exit.BROKEN
    return max((found.code for found in rows), key=_LOUDNESS.index)


class Command:
    """One call of scripts/run.sh --all."""

    def __init__(self, opts: options.Options, console: Console) -> None:
        self._opts = opts
        self._console = console

    def run(self) -> int:
        """Run them one after the other; the exit code."""
        opts, console = self._opts, self._console
        line = opts.line
        if opts.kdir and not line:
            line = source.from_kdir(opts.kdir, None, console).line
        todo = plan(line, opts.wanted)
        if opts.dry_run:
            for which, config in todo:
                obstacle = config.obstacle(which)
                console.line(f"# {which.name} {config.name}: {obstacle}" if obstacle else
                             "scripts/run.sh " + shlex.join(words(opts, which, config)))
            return Exit.PASSED
        try:
            proc.catch_signals()
            rows = [self._one(which, config) for which, config in todo]
        except Interrupted as stop:
            proc.kill_all()
            if stop.signum != signal.SIGPIPE:
                print("mm-testbed: stopped", file=sys.stderr, flush=True)
            return 128 + stop.signum
        return self._close(rows)

    def _one(self, line: Line, config: Config) -> Row:
        console = self._console
        name = f"{line.name} {config.name}"
        obstacle = config.obstacle(line)
        try:
            if not obstacle:
                deps.ensure(config.tools, console, self._opts.install)
        except TestbedError as err:
            obstacle = err.message
        if obstacle:
            console.line(f"{console.paint('SKIP', YELLOW)}  {name}: {obstacle}")
            return Row(line.name, config.name, "SKIP", obstacle, {})
        console.begin(name)
        begin = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "report.json"
            done = proc.run(
                [sys.executable, "-P", "-m", "mmtestbed.cli.mmt", "run.sh", "--json", str(file),
                 *words(self._opts, line, config)],
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                tick=lambda: console.progress(""))
            found = row(line, config, done.code, lock.read_json(file), done.output)
        colour = {"PASS": GREEN, "SKIP": YELLOW}.get(found.word, RED)
        if found.word not in ("PASS", "SKIP"):
            console.abandon()
            console.lines([text for text in done.output.splitlines()
                           if not text.startswith(("ok  ", "skip"))])
        console.line(f"{console.paint(f'{found.word:4}', colour)}  {name}: {found.note}, "
                     f"{time.monotonic() - begin:.0f} s")
        return found

    def _close(self, rows: Sequence[Row]) -> int:
        console = self._console
        table = [["line", "kernel", "variant", "verdict", "build", "run", ""],
                 *(found.cells() for found in rows)]
        console.line()
        console.lines(tables.plain(table, 160), "")
        if self._opts.json:
            output.write(self._opts.json, lock.json_bytes(
                {"schema": _SCHEMA, "exit_code": int(code(rows)), "runs": [
                    {"line": found.line, "variant": found.variant,
                     "verdict": found.word.lower(), "note": found.note,
                     "report": dict(found.report)} for found in rows]}))
        return code(rows)
