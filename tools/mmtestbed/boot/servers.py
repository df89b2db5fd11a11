# SPDX-License-Identifier: GPL-2.0
"""Kernels that fork children: booted as they are needed, and once more when one is lost."""

from __future__ import annotations

import collections
import concurrent.futures
import contextlib
import threading
from pathlib import Path
from typing import Callable, Iterator

from ..host import confine
from ..kernel import tree
from ..model.outcomes import Trouble
from . import guards, judge, ktap
from .runner import Options
from .server import Lost, NoSnapshot, Server
from .uml import Next


class Booted:
    """A server, and what the kernel has said while it booted."""

    def __init__(self, of: Server) -> None:
        self.server = of
        self.version = ""
        self.log: list[str] = []
        self._scanner = guards.Scanner()

    def read(self, raw: str) -> Next:
        """Take in one line that no child has printed; STOP if it is KUnit's."""
        self.log.append(raw)
        text = tree.plain(ktap.clean(raw))
        if text.startswith("Linux version ") and not self.version:
            self.version = text.split()[2]
        if isinstance(ktap.parse(text), ktap.Version):
            return Next.STOP
        self._scanner.feed(text)
        return Next.GO

    def trouble(self, when: str) -> list[Trouble]:
        """What it has reported since the last call."""
        splats = self._scanner.take()
        return [Trouble(f"{judge.why(splats)}, {when}", splats)] if splats else []


class Servers:
    """Kernels that fork children, booted as they are needed; for several threads."""

    def __init__(self, options: Options, note: Callable[[str], None]) -> None:
        self._options = options
        self._note = note
        self._free = threading.Condition()
        self._idle: list[Booted] = []
        self._all: list[Booted] = []
        # Started ahead of time, and not looked at yet.
        self._early: list[tuple[Server, Path]] = []
        self._count = 0
        self._numbers: collections.Counter[str] = collections.Counter()
        self._rooms: list[Path] = []
        self._huge = True
        self._closed = False
        self._new = 0
        self.troubles: list[Trouble] = []
        # What a thread has started goes when the thread ends: this one stays.
        self._starter = concurrent.futures.ThreadPoolExecutor(1)

    @contextlib.contextmanager
    def borrow(self) -> Iterator[Booted]:
        """A server for one child; it is thrown away if that raises anything.

        Raises Lost or NoSnapshot if none can be booted.
        """
        with self._free:
            while not self._idle and self._count >= self._options.servers:
                self._free.wait()
            booted = self._idle.pop() if self._idle else None
            self._count += booted is None
        try:
            if booted is None:
                booted = self._boot()
            yield booted
        except BaseException:
            with self._free:
                self._count -= 1
                self._free.notify()
            if booted:
                booted.server.close()
            raise
        with self._free:
            self._idle.append(booted)
            self._free.notify()

    def _boot(self) -> Booted:
        try:
            return self._boot_once()
        except NoSnapshot:
            if not self._all:
                raise
            raise Lost("the kernel has not stopped ahead of its suites") from None
        except Lost as err:
            with self._free:
                again, self._huge = self._huge, False
                early, self._early = self._early, []
            for started, _ in early:
                started.close()
            if not again:
                raise
            self._note(f"{err} while it booted; booting it once more, without huge pages")
            return self._boot_once()

    def prepare(self, cases: int) -> None:
        """Let as many as @cases keep busy begin to boot."""
        for _ in range(min(cases, self._options.servers)):
            self._early.append(self._start())

    def _start(self) -> tuple[Server, Path]:
        """A server that begins to boot, and what its log is called, without a suffix."""
        options, counters = self._options, self._options.counters
        logs = self.folder("server")
        folder = confine.room(logs.parent, logs.name)
        with self._free:
            self._rooms.append(folder)
        return self._starter.submit(
            Server, options.kernel, folder, options.words, options.cpu, self._huge,
            counters.environment(folder) if counters else None).result(), logs

    def _boot_once(self) -> Booted:
        with self._free:
            early = self._early.pop(0) if self._early else None
        started, logs = early or self._start()
        booted = Booted(started)
        try:
            started.ready(self._options.timeout, booted.read)
        except BaseException:
            started.close()
            raise
        finally:
            logs.parent.mkdir(parents=True, exist_ok=True)
            logs.with_suffix(".log").write_text(
                "".join(f"{line}\n" for line in booted.log), encoding="utf-8",
                errors="surrogateescape")
        with self._free:
            self._new += 1
            self._all.append(booted)
            known = {trouble.what for trouble in self.troubles}
            self.troubles += [trouble for trouble in
                              booted.trouble("while the kernel booted")
                              if trouble.what not in known]
        return booted

    def folder(self, name: str) -> Path:
        """A folder called @name that nobody else has."""
        with self._free:
            self._numbers[name] += 1
            return self._options.folder / f"{name}-{self._numbers[name]}"

    def new(self) -> int:
        """How many have been booted since the last call."""
        with self._free:
            new, self._new = self._new, 0
        return new

    def close(self) -> None:
        """End all of them."""
        if self._closed:
            return
        self._closed = True
        self._starter.shutdown(wait=False)
        for started in [*(booted.server for booted in self._all),
                        *(early for early, _ in self._early)]:
            started.close()
        counters = self._options.counters
        if counters and not self._options.recorder:
            # Each child has added its own to those of its server.
            for room in self._rooms:
                counters.add(room, True)
