# SPDX-License-Identifier: GPL-2.0
"""Runs schedules in kernels that fork children, a program at a time.

A child of a kernel gets a program ready, and forks a child of its own for each schedule.
"""

from __future__ import annotations

import contextlib
import queue
import signal
import threading
from typing import Callable, Iterable, Iterator, Optional, Sequence

from ..boot import runner
from ..boot.server import Child, Lost, Patience, Server
from ..boot.servers import Booted, Servers
from ..boot.uml import Ending, How, Next
from ..errors import TestbedError
from ..host import proc
from . import program
from .outcome import Found, NotReady, Reader, Ready
from .program import Program
from .schedule import Schedule


# What a child says whose case has failed and goes on.
_FAILED = " EXPECTATION FAILED at "
_SERIAL = "explore: serial "


class _Lane:
    """One kernel, and the program that a child of it has ready."""

    def __init__(self, servers: Servers, options: runner.Options,
                 words: Sequence[str]) -> None:
        self._servers = servers
        self._cpu = options.cpu
        self._patience = Patience(options.timeout, options.virtual)
        self._words = words
        self._held = contextlib.ExitStack()
        self._booted: Optional[Booted] = None
        self._program: Optional[tuple[Program, frozenset[str]]] = None
        self._reader: Optional[Reader] = None
        self.ready = Ready()

    def _server(self) -> tuple[Booted, Server]:
        if self._booted is None:
            self._booted = self._held.enter_context(self._servers.borrow())
        return self._booted, self._booted.server

    def drop(self) -> None:
        """Give the kernel up."""
        self._program = self._booted = None
        held, self._held = self._held, contextlib.ExitStack()
        with contextlib.suppress(Lost):
            # With an error, or another one would get it.
            held.__exit__(Lost, Lost("given up"), None)

    def leave(self) -> None:
        """End the child that has a program ready."""
        if self._booted and self._program:
            self._program = None
            self._booted.server.leave(lambda raw: Next.GO, self._patience)

    def enter(self, which: Program, places: frozenset[str]) -> None:
        """Get @which ready, with @places as points.  Raises Lost, NotReady."""
        if self._program == (which, places):
            return
        self.leave()
        _, server = self._server()
        lines: list[str] = []
        ended = server.enter(
            " ".join([f"kunit.filter_glob={program.CASE}",
                      f"mm_kunit.explore_program={which}", "mm_kunit.explore_serve=1",
                      *([f"mm_kunit.explore_places={steps(places)}"] if places else []),
                      *self._words]), _into(lines),
            Patience(self._patience.seconds, False))
        self.ready = Ready.read(lines)
        suite, _, case = program.CASE.partition(".")
        self._reader = Reader((suite, case), self.ready)
        if ended is not None:
            found = Reader((suite, case), Ready()).read(
                Schedule("01"), lines, self._ending(ended), ended.usec, True)
            raise NotReady(f"{which} cannot be run: {found.why or 'it is not there'}",
                           found.lines[-20:])
        self._program = which, places
        if any(_FAILED in raw for raw in lines):
            # Its children would all fail.
            self.leave()
            raise NotReady(f"{which} fails in a serial order of its operations",
                           [raw for raw in lines if _SERIAL not in raw][-20:])

    def run(self, which: Program, places: frozenset[str], schedule: Schedule, words: str,
            keep: bool) -> Found:
        """Run @schedule of @which, with @places as points.  Raises Lost, NotReady."""
        self.enter(which, places)
        booted, server = self._server()
        assert self._reader
        lines: list[str] = []
        child = server.run(f"{schedule.words}{words}", _into(lines), self._patience,
                           booted.read)
        ending = self._ending(child)
        if ending.how is How.EXITED and child.code == -signal.SIGKILL:
            raise Lost("the host has killed it (signal 9)")
        return self._reader.read(schedule, lines, ending, child.usec, keep)

    def _ending(self, child: Child) -> Ending:
        if child.killed:
            return Ending(How.HUNG, 0, "it makes no progress")
        # SIGKILL comes a second after SIGXCPU.
        if child.code == -signal.SIGXCPU or \
           child.code == -signal.SIGKILL and child.usec >= 0.9e6 * self._cpu > 0:
            return Ending(How.HUNG, 0, f"not done after {self._cpu} s of CPU time")
        return Ending(How.EXITED, child.code)


def steps(places: Iterable[str]) -> str:
    """@places for the command line, which is short: how far each is behind the last."""
    numbers = sorted(int(place, 16) for place in places)
    return ",".join(f"{after - before:x}" for before, after in zip([0, *numbers], numbers))


def _into(lines: list[str]) -> Callable[[str], Next]:
    def read(raw: str) -> Next:
        lines.append(raw)
        return Next.GO
    return read


class Farm:
    """As many kernels as @options have servers; safe to use from several threads.

    @words: for the command line of each child that gets a program ready.
    """

    def __init__(self, options: runner.Options, note: Callable[[str], None],
                 words: Sequence[str] = ()) -> None:
        self._servers = Servers(options, note)
        self._note = note
        self._idle: queue.LifoQueue[_Lane] = queue.LifoQueue()
        self._lock = threading.Lock()
        self._ends: dict[Program, dict[int, list[str]]] = {}
        self._places: dict[Program, set[str]] = {}
        self.size = options.servers
        self._servers.prepare(self.size)
        self._lanes = [_Lane(self._servers, options, [*runner.seed_words(options.seed),
                                                      *words]) for _ in range(self.size)]
        for lane in self._lanes:
            self._idle.put(lane)

    @contextlib.contextmanager
    def _lane(self) -> Iterator[_Lane]:
        lane = self._idle.get()
        try:
            yield lane
        finally:
            self._idle.put(lane)

    def run(self, which: Program, schedule: Schedule, trace: bool = False) -> Found:
        """Run @schedule of @which; keep its console if it shall @trace.

        Raises NotReady, TestbedError.
        """
        words = " mm_kunit.explore_trace=1" if trace else ""
        with self._lane() as lane:
            for last in (False, True):
                try:
                    found = lane.run(which, frozenset(self._places.get(which, ())),
                                     schedule, words, trace)
                    with self._lock:
                        self._ends[which] = lane.ready.ends
                    return found
                except Lost as err:
                    lane.drop()
                    if last or proc.stopping():
                        raise TestbedError(f"{which}/{schedule}: {err}") from None
                    self._note(f"{which}/{schedule}: {err}; running it once more in another "
                               "kernel")
        raise AssertionError("not reached")

    def ends(self, which: Program) -> dict[int, list[str]]:
        """How the serial orders of @which end, by the operations that are done; as far as one
        of its schedules has been run."""
        with self._lock:
            return self._ends.get(which, {})

    def know(self, which: Program, places: set[str]) -> None:
        """From now on, @places are points of @which as well."""
        self._places.setdefault(which, set()).update(places)

    def close(self) -> None:
        """End all kernels."""
        for lane in self._lanes:
            lane.drop()
        self._servers.close()
