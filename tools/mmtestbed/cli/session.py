# SPDX-License-Identifier: GPL-2.0
"""What a command goes through that builds and boots: the host, namespaces, the end.

First comes what needs the host as it is, then the work in namespaces of its own, where
the host allows them.  Signals and errors end both in the same way.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import resource
import shutil
import signal
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator, Optional, Protocol

from ..errors import Exit, HostError, Interrupted, Refused, TestbedError
from ..host import ns, proc, prune
from ..ui.console import Console


@dataclass(frozen=True)
class Ground:
    """Where the work is done.

    @isolation: what the host allows.
    @folder: for the files of this call alone; goes away with it.
    """

    isolation: ns.Isolation
    folder: Path


class Job(Protocol):
    """What a command does in its session."""

    def prepare(self) -> Path:
        """What needs the host as it is: tools, downloads.  Returns the cache.

        Raises TestbedError, OSError.
        """

    def work(self, ground: Ground) -> int:
        """The work itself; the exit code.  Raises TestbedError, OSError."""

    def broken(self, err: TestbedError) -> int:
        """Tell the user of @err, which has ended it; the exit code."""

    def stopped(self) -> None:
        """A signal has ended it, which the user has been told."""


class Session:
    """One call of a command that does @job."""

    def __init__(self, job: Job, console: Console) -> None:
        self._job = job
        self._console = console
        self._cache = Path()

    def run(self) -> int:
        """Do it all; the exit code.  Errors become a line and a code here."""
        try:
            proc.catch_signals()
            code = self._guarded(self._prepare)
        except Interrupted as stop:
            return self._interrupted(stop)
        if code is not None:
            return code
        for signum in ns.FORWARDED:
            signal.signal(signum, signal.SIG_DFL)
        return ns.run(self.inside)

    def _prepare(self) -> None:
        self._cache = self._job.prepare()
        prune.clear(self._cache, self._console)

    def inside(self, isolation: ns.Isolation, cache: Optional[Path] = None) -> int:
        """The work, in namespaces of its own where the host allows it.

        @cache: if it was not prepare() that has found it.
        """
        self._cache = cache or self._cache

        def work() -> int:
            with self._run_folder(isolation) as folder:
                # What a compiler that is killed leaves behind goes away with it.
                os.environ["TMPDIR"] = str(folder)
                return self._job.work(Ground(isolation, folder))

        try:
            proc.catch_signals()
            ns.no_address_randomisation()
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            code = self._guarded(work)
            return Exit.BROKEN if code is None else code
        except Interrupted as stop:
            return self._interrupted(stop)

    def _interrupted(self, stop: Interrupted) -> int:
        proc.kill_all()
        name = signal.Signals(stop.signum).name
        if stop.signum != signal.SIGPIPE:
            print(f"mm-testbed: stopped by {name}", file=sys.stderr, flush=True)
        self._job.stopped()
        return 128 + stop.signum

    def _guarded(self, step: Callable[[], Optional[int]]) -> Optional[int]:
        """@step, with errors turned into what the user sees."""
        try:
            return step()
        except TestbedError as err:
            return self._job.broken(err)
        except OSError as err:
            if err.errno in (errno.ENOSPC, errno.EDQUOT):
                where = err.filename2 or err.filename or "with the cache"
                return self._job.broken(HostError(
                    f"the disk is full ({where}); make room there or set MMTB_CACHE "
                    "to another folder"))
            return self._job.broken(HostError(
                f"{err.filename or 'the host'}: {err.strerror or err}; check it and "
                "try again"))

    @contextlib.contextmanager
    def _run_folder(self, isolation: ns.Isolation) -> Iterator[Path]:
        """A folder that goes away with the run: a private tmpfs if possible."""
        private = self._own_tmpfs(isolation)
        if private:
            yield private
            return
        for old in self._cache.glob("run.*"):
            _remove_if_dead(old)
        with tempfile.TemporaryDirectory(prefix="run.", dir=self._cache,
                                         ignore_cleanup_errors=True) as name:
            with open(Path(name) / "lock", "w", encoding="ascii") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield Path(name)

    def _own_tmpfs(self, isolation: ns.Isolation) -> Optional[Path]:
        """A tmpfs that only we see, or None where the host refuses that."""
        folder = self._cache / "mnt" / "run"
        if isolation.mounts:
            with contextlib.suppress(Refused):
                ns.tmpfs(folder)
                return folder
        return None


def _remove_if_dead(folder: Path) -> None:
    """Remove a run folder whose owner did not get to do it."""
    try:
        with open(folder / "lock", "a", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        pass
