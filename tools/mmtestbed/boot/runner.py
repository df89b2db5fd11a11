# SPDX-License-Identifier: GPL-2.0
"""Boot as often as it takes until every case has an outcome of its own."""

from __future__ import annotations

import collections
import concurrent.futures
import functools
import itertools
import random
import re
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Collection, Iterable, Mapping, Optional, Sequence, TypeVar

from ..errors import HostError, TestbedError
from ..host import confine, lock
from ..kernel import coverage, reach
from ..model import cases
from ..model.globs import Job, halves, split
from ..model.outcomes import Name, Outcome, Results, Status
from . import due_reports, ktap, uml
from .judge import Judge
from .uml import How, Next

LIST = "kunit.action=list"
_NAME = re.compile(r"[^\s.]+\.[^\s.]+")
# For the command line of a kernel in which nothing waits, and whose clock always
# begins with the same time.
VIRTUAL = ("time-travel=inf-cpu", "time-travel-start=0")


@dataclass(frozen=True)
class Options:
    """How to boot.

    @kernel: the binary.  @folder: for the boots' files.
    @args: for the kernel's command line, after our own.
    @timeout: seconds without a result after which a boot counts as hung.
    @jobs: boots at the same time.
    @raw: gets each line of the console, if not None.
    @spread: in a pool, let each suite have a boot of its own from the start.
    @counters: of what has run, if the kernel has them.
    @recorder: takes those of each child instead.
    @virtual: let no time pass where nothing is done, if the kernel can.
    @cpu: CPU seconds after which a child hangs.
    @servers: that fork children, at most.
    @seed: of what a case draws by chance.
    @logs: keep the consoles.
    """

    kernel: Path
    folder: Path
    args: tuple[str, ...]
    timeout: float
    jobs: int
    raw: Optional[Callable[[str], None]] = None
    spread: bool = False
    counters: Optional[coverage.Counters] = None
    recorder: Optional[reach.Recorder] = None
    virtual: bool = False
    cpu: int = 10
    servers: int = 1
    seed: int = 1
    logs: bool = True

    @property
    def words(self) -> tuple[str, ...]:
        """For the command line of a kernel that forks children, or of any."""
        return (*(VIRTUAL if self.virtual else ()), *self.args)


_R = TypeVar("_R", bound="Runner")
# (what came out so far, cases of the next boot): whether to boot.
Worthwhile = Callable[[Results, Sequence[Name]], bool]
# (what came out so far, of earlier boots and of this one): whether that will do.
Enough = Callable[[Mapping[Name, Outcome]], bool]


def seed_words(seed: int) -> list[str]:
    """For the command line of a kernel, or of a child of it, that is given @seed."""
    return [f"snapshot_seed={seed}", f"mm_kunit.seed={seed}"]


class Listing:
    """Reads the list of cases that the kernel prints when it is asked to LIST."""

    def __init__(self) -> None:
        self.names: list[Name] = []
        self.log: list[str] = []
        self.started = False

    def read(self, raw: str) -> Next:
        """Take in one line of the console."""
        text = ktap.clean(raw)
        self.log.append(text)
        if isinstance(ktap.parse(text), ktap.Version):
            self.started = True
        elif self.started and _NAME.fullmatch(text):
            suite, case = text.split(".")
            self.names.append((suite, case))
        return Next.GO


class Runner:
    """Runs cases in User-Mode Linux; safe to use from several threads.

    @live: is told of each outcome.
    @reports: what the kernel has to report in the cases that get a boot of their own.
    @note: is told what the user should know.
    """

    def __init__(self, options: Options, live: Callable[[Outcome], None],
                 reports: Optional[Mapping[Name, Sequence[str]]] = None,
                 note: Callable[[str], None] = lambda text: None) -> None:
        self._options = options
        self._live = live
        self._reports = reports or {}
        self._tell = note
        self._kills = 0                 # by the host, in a row
        self._numbers = itertools.count(1)
        self._mutex = threading.Lock()

    def _boot(self, args: Sequence[str], glob: str, read: Callable[[str], Next],
              counters: Optional[coverage.Counters] = None) -> uml.Ending:
        options = self._options
        name = f"boot-{next(self._numbers)}"
        options.folder.mkdir(parents=True, exist_ok=True)
        folder = confine.room(options.folder, name)
        folder.mkdir(parents=True)
        with open(options.folder / f"{name}.log", "w", encoding="utf-8",
                  errors="surrogateescape") as log:
            def tee(raw: str) -> Next:
                log.write(raw.rstrip("\r") + "\n")
                if options.raw:
                    options.raw(raw.rstrip("\r"))
                return read(raw)

            try:
                ending = uml.boot(uml.command(options.kernel, folder,
                                                [*args, *options.words], glob),
                                   folder, options.timeout, tee,
                                   counters.environment(folder) if counters else None)
                if counters:
                    counters.add(folder)
                return ending
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def cases(self, glob: str) -> list[Name]:
        """The cases that the kernel itself says it would run for @glob.

        Raises TestbedError if it does not get so far.
        """
        listing = Listing()
        ending = self._boot([LIST], glob, listing.read)
        if not listing.started:
            how = "hangs" if ending.how is How.HUNG else "dies"
            raise TestbedError(f"the kernel {how} before KUnit starts; see its last "
                               "lines", listing.log[-12:])
        return listing.names

    def listed(self, state: Path, sha: str, glob: str) -> list[Name]:
        """cases(), remembered in @state for the kernel with this @sha."""
        path = state / "cases.json"
        known = lock.read_json(path)
        key = f"{sha} {glob}"
        if isinstance(known, dict) and key in known:
            return [(suite, case) for suite, case in known[key]]
        names = self.cases(glob)
        old = known if isinstance(known, dict) else {}
        keep = {k: v for k, v in old.items() if k.startswith(sha)}
        lock.write_json(path, {**keep, key: names})
        return names

    @property
    def virtual(self) -> bool:
        """True if time is virtual."""
        return self._options.virtual

    def close(self) -> None:
        """Give back what is kept between two rounds."""

    def __enter__(self: _R) -> _R:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def round(self, expected: Sequence[Name], glob: str,
              pool: Optional[concurrent.futures.Executor] = None,
              worthwhile: Worthwhile = lambda results, names: True,
              enough: Optional[Enough] = None,
              first: Collection[Name] = ()) -> Results:
        """Run @expected, which are what @glob selects, in one boot if all goes well,
        or in one for each suite if they are to be spread over @pool: those that
        any of @first is in before the others.

        A crash, a hang or a report of the kernel ends a boot: what did not get to
        run then runs in fresh boots, in @pool if there is one, as long as
        @worthwhile says so of the results so far and the cases of the next boot.
        As soon as @enough says so, after a result, a boot ends.

        Cases that have to end in a report of the kernel get a boot each, behind
        the others: they skip themselves in any other.
        """
        alone, shared = self._apart(expected)
        todo: list[Job] = [(shared, glob)] if shared else []
        if pool and self._options.spread and len({suite for suite, _ in shared}) > 1:
            todo = [half for job in split(shared, shared, glob) for half in halves(job)]
            todo.sort(key=lambda job: not any(name in first for name in job[0]))
        return self._jobs(todo + alone, glob, pool, worthwhile, enough)

    def some(self, expected: Sequence[Name], all_names: Sequence[Name],
             pool: Optional[concurrent.futures.Executor] = None,
             worthwhile: Worthwhile = lambda results, names: True,
             enough: Optional[Enough] = None) -> Results:
        """round() for those of @all_names, all that the kernel has, that are
        @expected, in as few boots as KUnit's one glob allows."""
        alone, shared = self._apart(expected)
        todo = split(shared, self._apart(all_names)[1], "")
        return self._jobs(todo + alone, "", pool, worthwhile, enough)

    def _apart(self, names: Sequence[Name]) -> tuple[list[Job], list[Name]]:
        """Boots for those of @names that need one of their own, and the others."""
        return ([([name], ".".join(name)) for name in names if name in self._reports],
                [name for name in names if name not in self._reports])

    def _jobs(self, todo: list[Job], glob: str,
              pool: Optional[concurrent.futures.Executor], worthwhile: Worthwhile,
              enough: Optional[Enough]) -> Results:
        """Boot for each of @todo, (cases, glob of them), and for what they leave over
        of what @glob selects."""
        results = Results()
        seen: dict[Name, Outcome] = {}
        while todo:
            batch, todo = (todo, []) if pool else (todo[:1], todo[1:])
            batch = [job for job in batch if worthwhile(results, job[0])]
            one = functools.partial(self._unless, alone=tuple(self._reports),
                                    seen=seen, enough=enough)
            judges: Iterable[Optional[Judge]] = itertools.starmap(one, batch) \
                if not pool or len(batch) == 1 else \
                pool.map(lambda job: one(*job), batch)
            for (names, _), judge in list(zip(batch, judges)):
                if judge:
                    todo += self._merge(results, names, judge, glob)
        return results

    def isolated(self, expected: Sequence[Name],
                 pool: concurrent.futures.Executor) -> Results:
        """Run each of @expected in a boot of its own, in the given order."""
        results = Results()
        jobs = [([name], ".".join(name)) for name in expected]
        for (names, glob), judge in zip(jobs, pool.map(lambda job: self._one(*job),
                                                       jobs)):
            self._merge(results, names, judge, glob)
        return results

    def _unless(self, expected: Sequence[Name], glob: str, alone: Sequence[Name],
                seen: dict[Name, Outcome], enough: Optional[Enough]) -> Optional[Judge]:
        """_one(), but None if @enough was @seen by the time that it is its turn."""
        with self._mutex:
            if enough and seen and enough(seen):
                return None
        return self._one(expected, glob, alone, seen, enough)

    def _one(self, expected: Sequence[Name], glob: str, alone: Sequence[Name] = (),
             seen: Optional[dict[Name, Outcome]] = None,
             enough: Optional[Enough] = None) -> Judge:
        """One boot for @expected, in which those of @alone that @glob selects as well
        skip themselves.  @seen: the outcomes of the round, of boots that go on too."""
        if len(expected) == 1 and expected[0] in self._reports:
            judge = self._alone(expected[0])
            if seen is not None:
                with self._mutex:
                    seen.update(judge.outcomes)
            return judge
        judge = Judge(expected, self._announce, elsewhere=[
            name for name in cases.selected(glob, alone) if name not in expected])

        def read(raw: str) -> Next:
            step = judge.read(raw)
            if step is Next.PROGRESS and enough and seen is not None:
                with self._mutex:
                    seen.update(judge.outcomes)
                    judge.cut = enough(seen)
                    return Next.STOP if judge.cut else step
            return step

        ending = self._boot([], glob, read, self._options.counters)
        judge.end(ending, self._options.timeout)
        self._check_host(judge)
        return judge

    def _check_host(self, judge: Judge) -> None:
        """If the host has killed the boot that @judge has read, say so.

        Raises HostError if that happens again before anything has come out.
        """
        with self._mutex:
            self._kills = self._kills + 1 if judge.killed and not judge.outcomes else 0
            kills = self._kills
        if kills > 1:
            raise HostError("the host kills the kernel (signal 9) each time; is it short "
                            "of memory? Free some, or say --jobs 1")
        if judge.killed:
            judge.notes.append("the host has killed a kernel (signal 9); what it had not "
                               "done is run again")

    def _alone(self, name: Name) -> Judge:
        """A boot for the case @name, which has to end in a report of the kernel."""
        judge = Judge([name], lambda outcome: None, forgiving=True)
        ending = self._boot([due_reports.ARGUMENT], ".".join(name), judge.read)
        judge.end(ending, self._options.timeout)
        self._check_host(judge)
        for outcome in list(judge.outcomes.values()):
            settled = due_reports.settle(outcome, self._reports[name])
            judge.outcomes[outcome.key] = settled
            self._announce(settled)
        return judge

    def _announce(self, outcome: Outcome) -> None:
        with self._mutex:
            self._live(outcome)

    def _merge(self, results: Results, names: list[Name], judge: Judge,
               glob: str) -> list[Job]:
        """Add one boot to @results; what is to be booted next."""
        results.boots += 1
        results.version = results.version or judge.version
        results.seconds += judge.kernel_seconds
        known = {trouble.what for trouble in results.troubles}
        results.troubles += [t for t in judge.troubles if t.what not in known]
        results.notes += judge.notes
        results.outcomes.update(judge.outcomes)
        if judge.cut:
            return []
        rest = [name for name in names if name not in judge.outcomes]
        if len(names) == 1 and rest and not judge.killed:
            # It had a boot of its own, which did not even get to it.
            missed = Outcome(*rest[0], Status.MISSING,
                             reason="its boot ended before it could run")
            results.outcomes[missed.key] = missed
            self._announce(missed)
            return []
        return split(rest, names, glob)


def shuffled(names: Sequence[Name], seed: int) -> list[Name]:
    """@names in the order that @seed stands for."""
    order = list(names)
    random.Random(seed).shuffle(order)
    return order


def flaky(rounds: Sequence[Results]) -> dict[Name, dict[str, int]]:
    """How often each outcome came, for the cases whose outcome differs."""
    counts: dict[Name, collections.Counter[str]] = collections.defaultdict(
        collections.Counter)
    for results in rounds:
        for name, outcome in results.outcomes.items():
            counts[name][outcome.status.value] += 1
    return {name: dict(count) for name, count in counts.items() if len(count) > 1}
