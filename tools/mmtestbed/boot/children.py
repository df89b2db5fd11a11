# SPDX-License-Identifier: GPL-2.0
"""Run each case in a child of its own of a kernel that has been booted once.

Nothing that a case does reaches another one, so that who is to blame is beyond doubt,
and nothing has to be run again after a crash.
"""

from __future__ import annotations

import collections
import concurrent.futures
import contextlib
import hashlib
import itertools
import re
import signal
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, Collection, Iterable, Iterator, Mapping, Optional
from typing import Sequence

from ..errors import Interrupted, TestbedError
from ..host import proc
from ..model import cases
from ..model.outcomes import ROW, Name, Outcome, Results, Status
from . import due_reports, runner, uml
from .judge import Judge
from .runner import Enough, Options, Worthwhile
from .server import Child, Lost, NoSnapshot, Patience
from .servers import Booted, Servers
from .uml import Ending, How, Next

# What may stand in a request.
_GLOB = re.compile(r"[\w.*?!\[\]^-]*")
# So much of a child's console is kept, in bytes.
_KEPT = 4 << 20


@dataclass(frozen=True)
class _Run:
    """What came out of one child."""

    judge: Judge
    console: str
    seed: int


class Children(runner.Runner):
    """Runs cases, each in a child; safe to use from several threads.

    @servers: those of another one, which then has to stay open longer.
    @extra: for the command line of each child.  @mark: lines with it are always kept.
    """

    def __init__(self, options: Options, live: Callable[[Outcome], None],
                 reports: Optional[Mapping[Name, Sequence[str]]] = None,
                 note: Callable[[str], None] = lambda text: None,
                 servers: Optional[Servers] = None, extra: Sequence[str] = (),
                 mark: str = "\n") -> None:
        super().__init__(options, live, reports, note)
        self._servers = servers or Servers(options, note)
        self._mine = servers is None
        self._extra, self._mark = tuple(extra), mark
        self._patience = Patience(options.timeout, options.virtual)
        self._merging = threading.RLock()
        self._turns: collections.Counter[Name] = collections.Counter()
    def start(self, many: int = 1) -> None:
        """Boot as many servers as @many cases keep busy.  Raises Lost or NoSnapshot."""
        self._servers.prepare(many)
        with self._servers.borrow():
            pass

    def close(self) -> None:
        """End the servers, unless they are another's."""
        if self._mine:
            self._servers.close()

    def with_words(self, extra: Sequence[str],
                   live: Callable[[Outcome], None] = lambda outcome: None,
                   mark: str = "") -> Children:
        """The same servers, with @extra for the command line of each child, and @mark."""
        return Children(self._options, live, self._reports, self._tell, self._servers,
                        (*self._extra, *extra), mark or self._mark)

    def with_seed(self, seed: int) -> Children:
        """The same servers, with another seed."""
        return Children(replace(self._options, seed=seed), self._live, self._reports,
                        self._tell, self._servers, self._extra)

    def cases(self, glob: str) -> list[Name]:
        """The cases that the kernel itself says it would run for @glob.

        Raises TestbedError if it does not say.
        """
        if not _GLOB.fullmatch(glob):
            # It would be more than one word, or more than one request.
            return cases.selected(glob, self.cases(""))
        request = f"kunit.filter_glob={glob} {runner.LIST}" if glob else runner.LIST
        for _ in range(2):
            listing = runner.Listing()
            try:
                with self._servers.borrow() as booted:
                    booted.server.run(request, listing.read, self._patience, booted.read)
            except Lost as err:
                self._tell(f"{err} while it listed the cases; booting it once more")
                continue
            if listing.started:
                return listing.names
        raise TestbedError("the kernel does not list its cases; see its last lines",
                           listing.log[-12:])

    def listed(self, state: Path, sha: str, glob: str) -> list[Name]:
        """cases(): asking costs less than remembering."""
        return self.cases(glob)

    def round(self, expected: Sequence[Name], glob: str,
              pool: Optional[concurrent.futures.Executor] = None,
              worthwhile: Worthwhile = lambda results, names: True,
              enough: Optional[Enough] = None,
              first: Collection[Name] = ()) -> Results:
        """Run @expected, those of @first before the others, spread over @pool.

        A case is left out if @worthwhile says so of the results so far and the case,
        or as soon as @enough says so of the outcomes so far.
        """
        names = sorted(expected, key=lambda name: name not in first)
        return self._each([(name, self._options.seed) for name in names], pool, worthwhile,
                          enough)

    def some(self, expected: Sequence[Name], all_names: Sequence[Name],
             pool: Optional[concurrent.futures.Executor] = None,
             worthwhile: Worthwhile = lambda results, names: True,
             enough: Optional[Enough] = None) -> Results:
        """round(), where a case that is run again gets another seed: with the same one
        it would do the same."""
        with self._merging:
            runs = [(name, self._options.seed + self._turns[name]) for name in expected]
            self._turns.update(expected)
        return self._each(runs, pool, worthwhile, enough)

    def isolated(self, expected: Sequence[Name],
                 pool: concurrent.futures.Executor) -> Results:
        """round(): each case is alone anyway."""
        return self.round(expected, "", pool)

    def drawn(self, names: Sequence[Name], pool: concurrent.futures.Executor,
              over: Callable[[], bool]) -> Results:
        """Run @names with one seed after the other until @over says so.

        A case that has failed is not run any more; its outcome is that of the lowest
        seed that it has failed with.
        """
        left = set(names)

        def worthwhile(results: Results, case: Sequence[Name]) -> bool:
            left.difference_update(name for name, outcome in results.outcomes.items()
                                   if not outcome.status.good)
            return case[0] in left

        runs = ((name, seed) for seed in itertools.count(self._options.seed)
                for name in names)
        return self._each(runs, pool, worthwhile, over=lambda: not left or over())

    def _each(self, runs: Iterable[tuple[Name, int]],
              pool: Optional[concurrent.futures.Executor],
              worthwhile: Worthwhile = lambda results, names: True,
              enough: Optional[Enough] = None,
              over: Callable[[], bool] = lambda: False) -> Results:
        """Run the cases in @runs, each with its seed."""
        results = Results()
        todo = iter(runs)
        failed = threading.Event()

        def work() -> None:
            while not failed.is_set():
                with self._merging:
                    case = None if over() else next(todo, None)
                    if not case:
                        return
                    if enough and results.outcomes and enough(results.outcomes):
                        return
                    if not worthwhile(results, [case[0]]):
                        continue
                done = self._case(*case)
                with self._merging:
                    self._take(results, done)

        def guarded() -> None:
            try:
                work()
            except BaseException:
                failed.set()
                raise

        if pool:
            for future in [pool.submit(guarded) for _ in range(self._options.servers)]:
                future.result()
        else:
            work()
        with self._merging:
            known = {trouble.what for trouble in results.troubles}
            results.troubles += [t for t in self._servers.troubles if t.what not in known]
            results.boots += self._servers.new()
        return results

    def _take(self, results: Results, done: _Run) -> None:
        """Add one child to @results; what is bad in there already stays."""
        results.children += 1
        results.version = results.version or done.judge.version
        results.seconds += done.judge.kernel_seconds
        known = {trouble.what for trouble in results.troubles}
        results.troubles += [t for t in done.judge.troubles if t.what not in known]
        results.notes += done.judge.notes
        for name, outcome in done.judge.outcomes.items():
            outcome.seed = done.seed
            if outcome.status.good:
                # Of hundreds of rounds it would fill the memory.
                outcome.output = [each for each in outcome.output
                                  if self._mark in each or ROW in each]
            before = results.outcomes.get(name)
            if not before or before.status.good or \
               not outcome.status.good and done.seed < (before.seed or 0):
                results.outcomes[name] = outcome
                results.consoles[name] = done.console
            self._announce(outcome)

    def _case(self, name: Name, seed: int) -> _Run:
        """Run the case @name.  What is not its doing is not held against it: it is run
        once more, and in the end in a boot of its own."""
        full_name = ".".join(name)
        for last in (False, True):
            after = "a boot of its own" if last else "another child"
            try:
                with self._servers.borrow() as booted:
                    done, child = self._child(booted, name, seed)
                if child.killed or child.code != -signal.SIGKILL or self._spent(child):
                    return done
                why = "the host has killed it (signal 9)"
            except Lost as err:
                if proc.stopping():
                    raise Interrupted(signal.SIGTERM) from None
                why = str(err)
            self._tell(f"{full_name}: {why}; running it in {after}")
        found = Judge([], lambda outcome: None)
        results = runner.Runner(
            replace(self._options, args=(*self._options.args, *self._words(seed)),
                    folder=self._servers.folder("alone")),
            lambda outcome: None, self._reports).round([name], full_name)
        found.outcomes, found.troubles = results.outcomes, results.troubles
        found.notes, found.version = results.notes, results.version
        found.kernel_seconds = results.seconds
        return _Run(found, "", seed)

    def _words(self, seed: int) -> list[str]:
        """For the command line of each child that is given @seed."""
        return [*runner.seed_words(seed), *self._extra]

    def _spent(self, child: Child) -> bool:
        """True if @child was killed because its CPU time was at an end."""
        # SIGKILL comes a second after SIGXCPU.
        return child.code == -signal.SIGXCPU or \
            child.code == -signal.SIGKILL and child.usec >= 0.9e6 * self._options.cpu > 0

    def _child(self, booted: Booted, name: Name, seed: int) -> tuple[_Run, Child]:
        """Run @name in a child of @booted and judge it.  Raises Lost."""
        due = name in self._reports
        found = Judge([name], lambda outcome: None, forgiving=due)
        found.version = booted.version
        console = _Console(self._options, found)
        words = [f"kunit.filter_glob={'.'.join(name)}", *self._words(seed),
                 *([due_reports.ARGUMENT] if due else [])]
        begin = time.monotonic()
        child = booted.server.run(" ".join(words), console.read, self._patience,
                                  booted.read)
        found.kernel_seconds = time.monotonic() - begin
        with self._merging:
            self._servers.troubles += booted.trouble("between two cases")
        found.end(console.stopped or self._ending(child), self._options.timeout)
        blame(found, name)
        found.outcomes[name].seconds = found.kernel_seconds
        if due:
            outcome = found.outcomes[name]
            found.outcomes[name] = due_reports.settle(outcome, self._reports[name])
        if self._options.recorder:
            self._options.recorder.add(name, booted.server.folder)
        elif self._options.counters and child.code != 0 and not due:
            self._options.counters.lose()
        if self._options.logs:
            console.keep(".".join(name), found.outcomes[name].status.good)
        return _Run(found, console.digest(), seed), child

    def _ending(self, child: Child) -> Ending:
        if child.killed:
            return Ending(How.HUNG, 0, f"no progress for {self._options.timeout:g} s: no "
                          "CPU time used" if self._options.virtual else "")
        if self._spent(child):
            return Ending(How.HUNG, 0, f"not done after {self._options.cpu} s of CPU time")
        return Ending(How.EXITED, child.code)


class _Console:
    """The console of one child, on its way to the judge."""

    def __init__(self, options: Options, reader: Judge) -> None:
        self._options = options
        self._judge = reader
        self._hash = hashlib.sha256()
        self._text: list[str] = []
        self._size = 0
        self.stopped: Optional[Ending] = None

    def read(self, raw: str) -> Next:
        """Take in one line."""
        self._hash.update(raw.encode("utf-8", "surrogateescape") + b"\n")
        if self._size < _KEPT:
            self._size += len(raw) + 1
            self._text.append(raw)
        if self._options.raw:
            self._options.raw(raw.rstrip("\r"))
        if self.stopped:
            return Next.GO
        step = self._judge.read(raw)
        if step is Next.STOP:
            # What it says from now on is known already, or a consequence.
            self.stopped = Ending(How.STOPPED, 0)
        return step

    def digest(self) -> str:
        """SHA-256 of all that it has printed."""
        return self._hash.hexdigest()

    def keep(self, name: str, good: bool) -> None:
        """Write it to a file; that of a later good run replaces an earlier one."""
        folder = self._options.folder
        path, number = folder / f"{name}.log", 1
        while not good and path.exists():
            number += 1
            path = folder / f"{name}-{number}.log"
        path.write_text("".join(f"{line}\n" for line in self._text), encoding="utf-8",
                        errors="surrogateescape")


def blame(found: Judge, name: Name) -> None:
    """Hold against the case @name whatever its own child has done, at any time."""
    outcome = found.outcomes.get(name)
    if outcome is None:
        outcome = Outcome(*name, Status.MISSING, reason="its child ended before it could "
                          "run")
    elif not outcome.status.good:
        found.outcomes[name] = outcome
        return
    if found.troubles:
        first = found.troubles[0]
        hung = first.what.startswith("hung")
        crashed = first.what.startswith(("crashed", "the kernel ended"))
        outcome = replace(
            outcome, status=Status.HUNG if hung else Status.CRASHED if crashed else
            Status.FAILED, reason=first.what,
            splats=[*outcome.splats, *(s for t in found.troubles for s in t.splats)])
        found.troubles = []
    found.outcomes[name] = outcome


@contextlib.contextmanager
def open_runner(options: Options, live: Callable[[Outcome], None],
                reports: Optional[Mapping[Name, Sequence[str]]] = None,
                note: Callable[[str], None] = lambda text: None,
                one_boot: bool = False, many: int = 1) -> Iterator[runner.Runner]:
    """What runs cases in the kernel of @options: in children, if it can fork some and
    not @one_boot; else in boots, which is said.

    @many: about how many cases there are to run.
    """
    if not one_boot:
        with Children(options, live, reports, note) as found:
            why = ""
            try:
                found.start(many)
            except NoSnapshot:
                why = "this kernel cannot fork itself (it knows no snapshot=)"
            except Lost as err:
                why = str(err)
            if not why:
                yield found
                return
        note(f"{why}; the cases share boots, in the time of the host, instead of having a "
             "child each")
        options = replace(options, virtual=False)
    yield runner.Runner(options, live, reports, note)


def at_a_time(jobs: int, options: Options) -> int:
    """How many children keep @jobs CPUs busy."""
    if options.virtual:
        return max(1, min(jobs, uml.free_memory() // 512))
    return uml.at_a_time(jobs)
