# SPDX-License-Identifier: GPL-2.0
"""Watch the watchers: cases that misbehave on purpose, and what is said of them.

Each case of guard_selftest_kunit.c has a line "Guard: <verdict> <text>"
in its kernel-doc.  It is run as scripts/run.sh runs a case, and judged by the same
code.  Beside it stands what kunit.py makes of the same case where suites do not watch
themselves.
"""

from __future__ import annotations

import concurrent.futures
import os
import re
import shutil
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Mapping, Optional, Sequence, TypeVar

from ..boot import children, ktap, runner, uml
from ..boot.uml import Next
from ..errors import Exit, TestbedError
from ..host import beneath, confine, lock, proc
from ..kernel import build, offshoots
from ..model import cases, outcomes
from ..model.outcomes import Name, Outcome, Status
from ..ui import output, tables
from ..ui.console import GREEN, RED, Console

OPTION = "CONFIG_MM_KUNIT_GUARD_SELFTEST"
SOURCE = "mm/kunit/guard_selftest/guard_selftest_kunit.c"
GLOB = "guard_selftest*"
_T = TypeVar("_T")
# For kunit.py alone: no suite watches itself.
UNWATCHED = "mm_kunit.watch=0"
_DOC = re.compile(r"/\*\*\n((?:(?!\*/).)*?)\*/\s*\nstatic void (\w+)\(struct kunit \*",
                  re.DOTALL)
_GUARD = re.compile(r"^ \* Guard: (\w+) (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Wanted:
    """What has to be said of a case: @text is "" if nothing has to be quoted."""

    status: Status
    text: str
    summary: str


@dataclass(frozen=True)
class Options:
    """How to run.

    @how: the cases, but for the kernel and the folder.
    @one_boot: not in children.
    @config: further symbols to build in, with their values.
    @rst: print the table in reStructuredText.
    @json: where to write what came out, with what @head says of the run.
    """

    how: runner.Options
    one_boot: bool
    config: Mapping[str, str]
    rst: bool
    json: Optional[Path] = None
    head: Mapping[str, Any] = field(default_factory=dict)


def wanted(source: str) -> dict[Name, Wanted]:
    """What the C @source demands for each of its cases.

    Raises TestbedError for a case that demands nothing: such a guard does not count.
    """
    demands = {}
    for body, function in _DOC.findall(source):
        match = _GUARD.search(body)
        if match:
            status, text = match.groups()
            demands[function] = (Status(status), "" if text == "-" else text)
    found = {}
    for case in cases.parse(source, SOURCE):
        if case.name not in demands:
            raise TestbedError(f"{SOURCE}: {case.name} has no line 'Guard: ...' in its "
                               "kernel-doc")
        found[(case.suite, case.name)] = Wanted(*demands[case.name], case.summary)
    return found


def quoted(outcome: Outcome, text: str) -> bool:
    """True if what is reported of a case holds @text."""
    said = [outcome.reason, *outcome.output,
            *(line for splat in outcome.splats for line in splat.lines)]
    return any(text in line for line in said)


def fault(outcome: Optional[Outcome], want: Wanted) -> str:
    """What is wrong with what was said of a case; "" if nothing is."""
    if outcome is None:
        return "nothing was said of it"
    if outcome.status is not want.status:
        return f"{outcome.status.value} instead of {want.status.value}" + \
            (f": {outcome.reason}" if outcome.reason else "")
    if want.text and not quoted(outcome, want.text):
        return f"does not quote '{want.text}', but {outcome.reason or 'nothing'}"
    return ""


def not_built_in(outcome: Optional[Outcome], want: Wanted) -> bool:
    """True if the kernel lacks the debugging option that the case is about."""
    return outcome is not None and outcome.status is Status.SKIPPED and \
        want.status is not Status.SKIPPED and outcome.reason.startswith("needs CONFIG_")


def tolerated(trouble: str, demands: Mapping[Name, Wanted]) -> bool:
    """True if @trouble is about a suite whose cases have to be missing."""
    return any(want.status is Status.MISSING and f"suite {suite} " in trouble
               for (suite, _), want in demands.items())


@dataclass(frozen=True)
class Row:
    """What came out of one case.

    @said: the verdict of scripts/run.sh.  @by: who noticed.
    @fault: what is wrong with that; "" if nothing is.
    @absent: the kernel lacks the debugging option that the case is about.
    @plain: True if kunit.py alone passes the case.
    """

    name: Name
    want: Wanted
    said: str
    by: str
    fault: str
    absent: bool
    plain: bool

    def cells(self) -> list[str]:
        """The row of the table."""
        word = self.fault or ("skipped, not built in" if self.absent else self.said)
        return [self.name[1], self.want.summary, word, self.by,
                "passes" if self.plain else "fails"]


def noticed(outcome: Optional[Outcome]) -> str:
    """Who noticed that a case misbehaves."""
    if outcome is None or outcome.status.good:
        return ""
    if outcome.splats:
        return f"log: {outcome.splats[0].kind}"
    if outcome.status is Status.HUNG:
        return "time limit"
    if outcome.status is Status.MISSING:
        return "list of cases"
    if outcome.status is Status.CRASHED:
        return "end of the log"
    return "the suite" if "lib/guard.c" in outcome.reason or any(
        "lib/guard.c" in line for line in outcome.output) else "an assertion"


class Command:
    """What controls.sh --guards does once there is a kernel with these cases.

    @source: the kernel's, for its kunit.py.  @folder: an empty one.
    @found: what --json says of them.  @symbols: what the kernel is built with for them.
    """

    def __init__(self, console: Console, source: Path, folder: Path,
                 options: Options) -> None:
        self._console = console
        self.found: dict[str, Any] = {}
        self.symbols = {OPTION: "y", **options.config}
        self._source = source
        self._folder = folder
        self._opts = options

    def build(self, base: offshoots.Base) -> Path:
        """A kernel like @base that has the cases; the caller gets mounts of its own.

        Raises TestbedError.
        """
        self._console.begin("building the kernel whose cases misbehave")
        offshoots.own_mounts()
        with offshoots.opened(base, self._folder / "watched") as offshoot:
            offshoot.make(self.symbols, jobs=os.cpu_count() or 1)
            kernel = self._folder / "linux"
            build.take(offshoot.kernel, kernel)
        shutil.rmtree(self._folder / "watched", ignore_errors=True)
        self._console.end()
        return kernel

    def alone(self, kernel: Path) -> int:
        """Boot @kernel and look at its cases; the exit code."""
        how = replace(self._opts.how, kernel=kernel, folder=self._folder / "boots")
        with proc.threads(how.jobs) as pool, \
             children.open_runner(how, lambda outcome: None, None, self._console.note,
                                  self._opts.one_boot) as boots:
            code = self.look(kernel, boots, pool)
        if self._opts.json:
            output.write(self._opts.json, lock.json_bytes(self.as_json()))
        return code

    def as_json(self) -> dict[str, Any]:
        """What --json writes."""
        return {"schema": 1, **self._opts.head, **self.found}

    def look(self, kernel: Path, boots: runner.Runner,
             pool: concurrent.futures.Executor) -> int:
        """Run the cases of @kernel in @boots, print the table; the exit code."""
        top = Path(__file__).resolve().parents[3]
        demands = wanted((top / SOURCE).read_text(encoding="utf-8"))
        console = self._console
        names = boots.cases(GLOB)
        console.begin(f"{len(names)} cases that misbehave")
        results = boots.round(names, GLOB, pool)
        console.end()
        console.begin("the same cases with kunit.py alone")
        plain = self._finish([pool.submit(self._plain, kernel, name) for name in names])
        console.end()
        return self._report(demands, names, results, plain)

    def _finish(self, futures: "Sequence[concurrent.futures.Future[_T]]") -> list[_T]:
        while concurrent.futures.wait(futures, 1).not_done:
            self._console.progress("")
        return [future.result() for future in futures]

    def _plain(self, kernel: Path, name: Name) -> bool:
        """Whether kunit.py exec passes the case @name, by its exit code."""
        glob = ".".join(name)
        folder = confine.room(self._folder, f"plain-{glob}")
        log = self._folder / f"{glob}.log"
        with open(log, "w", encoding="utf-8", errors="surrogateescape") as file:
            def read(raw: str) -> Next:
                file.write(raw + "\n")
                progress = isinstance(ktap.parse(ktap.clean(raw)), ktap.Result)
                return Next.PROGRESS if progress else Next.GO

            how = self._opts.how
            uml.boot(uml.command(kernel, folder, (*how.args, UNWATCHED), glob), folder,
                     how.timeout, read)
        # kunit.py exec, with a "kernel" that says the same once more.
        beneath.put(folder, "linux", f"#!/bin/sh\nexec cat '{log}'\n".encode(), 0o755)
        tool = self._source / "tools/testing/kunit/kunit.py"
        with confine.cage([self._source, log], [folder]) as cage:
            done = proc.run(
                [sys.executable, str(tool), "exec", f"--build_dir={folder}", glob],
                env=confine.environment({"PYTHONDONTWRITEBYTECODE": "1"}), cage=cage)
        shutil.rmtree(folder, ignore_errors=True)
        return done.code == 0

    def _report(self, demands: Mapping[Name, Wanted], names: Sequence[Name],
                results: outcomes.Results, plain: Sequence[bool]) -> int:
        console = self._console
        rows = []
        for name, passes in zip(names, plain):
            outcome = results.outcomes.get(name)
            want = demands.get(name, Wanted(Status.PASSED, "", "not in the source"))
            absent = not_built_in(outcome, want)
            rows.append(Row(name, want, outcome.status.value if outcome else "",
                            noticed(outcome), "" if absent else fault(outcome, want),
                            absent, passes))
        cells = [["case", "what it does", "verdict", "noticed by", "kunit.py alone"],
                 *(row.cells() for row in rows)]
        console.lines(tables.rst(cells) if self._opts.rst
                      else tables.plain(cells), "")
        faults = [f"{'.'.join(row.name)}: {row.fault}" for row in rows if row.fault]
        faults += [f"{'.'.join(name)} is in {SOURCE}, but the kernel does not list it"
                   for name in sorted(set(demands) - set(names))]
        faults += [f"blamed on no case: {trouble.what}" for trouble in results.troubles
                   if not tolerated(trouble.what, demands)]
        for line in faults:
            console.line(f"{console.paint('FAIL', RED)}  {line}")
        absent_count = sum(row.absent for row in rows)
        bad = sum(row.want.status not in (Status.PASSED, Status.SKIPPED)
                  and not row.absent for row in rows)
        missed = sum(row.plain and not row.absent and
                     row.want.status not in (Status.PASSED, Status.SKIPPED)
                     for row in rows)
        caught = bad - sum(bool(row.fault) for row in rows)
        word, colour = ("FAIL", RED) if faults else ("PASS", GREEN)
        self.found = {"verdict": word.lower(), "guards": cells, "caught": caught,
                      "misbehave": bad, "missed": missed, "absent": absent_count}
        console.line(console.paint(
            f"{word}: {caught} of {bad} cases that misbehave are caught; kunit.py alone "
            f"passes {missed} of them; {absent_count} not built in; Linux "
            f"{results.version}", colour))
        return Exit.FAILED if faults else Exit.PASSED
