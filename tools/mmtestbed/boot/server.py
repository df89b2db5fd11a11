# SPDX-License-Identifier: GPL-2.0
"""A kernel that is booted once and forks a child of itself for each request.

The kernel gets two pipes by "snapshot=IN,OUT,SECONDS,HUGE".  It writes "ready" to OUT
when it has booted up to where KUnit would run its suites.  Each line that it reads from
IN is a piece of kernel command line, which a child parses and then runs KUnit with;
meanwhile OUT says "child PID" and "done PID STATUS USEC".  One request at a time.
A child whose request begins with "serve " may say "ready", and then serve the next ones.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator, Mapping, Optional, Sequence

from ..errors import HostError
from ..host import confine, proc
from . import uml
from .uml import Next

Read = Callable[[str], Next]
# How often to look whether time is up, in seconds.
_LOOK = 0.2
# How long to look for answers alone: a child prints line by line, and most are done by then.
_CALM = 0.02
# How long a server may take to notice that its child has been killed, in seconds.
_NOTICE = 20.0
# The kernel's ends of the pipes.  One server is started at a time.
_NUMBERS = (500, 501)
_spawning = threading.Lock()
# CLOCK_PROCESS_CPUTIME_ID of another process: CPUCLOCK_SCHED in <linux/posix-timers.h>.
_CPUCLOCK_SCHED = 2


class Lost(Exception):
    """The server is gone, or answers nonsense: what it was doing is unknown."""


class NoSnapshot(Exception):
    """The kernel has booted and run its suites: it knows no snapshot=."""


@dataclass(frozen=True)
class Child:
    """How a child ended.

    @status: as wait() has it.
    @usec: CPU time in microseconds.
    @killed: we killed it, for it gave no sign of life for too long.
    """

    status: int
    usec: int
    killed: bool = False

    @property
    def code(self) -> int:
        """Exit status, or the negative number of the signal."""
        return os.waitstatus_to_exitcode(self.status)


@dataclass(frozen=True)
class Patience:
    """When a child counts as hung, beyond what its CPU limit does.

    @seconds: without a sign of life.
    @virtual: CPU time is a sign of life, and no result need come: time is virtual, so
        that a child that waits for anything spends CPU time.
    """

    seconds: float
    virtual: bool


def cpu_time(pid: int) -> Optional[float]:
    """The CPU time that the process @pid has used, in seconds; None if nobody says.

    By its clock, not by /proc, which may be that of another PID namespace.
    """
    try:
        return time.clock_gettime((~pid << 3) | _CPUCLOCK_SCHED)
    except OSError:
        return None


def alive(pid: int) -> bool:
    """True if there is a process @pid."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def kill(pid: int) -> None:
    """Kill @pid, and its group if it leads one."""
    try:
        if os.getpgid(pid) == pid:
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGKILL)
    except OSError:
        pass


@contextlib.contextmanager
def _pipes() -> Iterator[tuple[int, int, int, int]]:
    """Two pipes, (read end, write end) each; the first and the last end are for a process
    that is started meanwhile, and are closed afterwards.

    These two have the same numbers each time, if nobody else uses them: the kernel
    mixes its command line into its random numbers.
    """
    with _spawning:
        ours, theirs = [], []
        for turn, number in enumerate(_NUMBERS):
            ends = list(os.pipe())
            child = ends.pop(turn)
            try:
                os.fstat(number)
            except OSError:
                os.dup2(child, number, inheritable=False)
                os.close(child)
                child = number
            ours += ends
            theirs.append(child)
        try:
            yield theirs[0], ours[0], ours[1], theirs[1]
        finally:
            for end in theirs:
                os.close(end)


class Server:
    """One booted kernel.  To be used by one thread at a time."""

    def __init__(self, kernel: Path, folder: Path, args: Sequence[str], cpu: int,
                 huge: bool = True, env: Optional[Mapping[str, str]] = None) -> None:
        """Start to boot; follow with ready().

        @folder: for its files.  @args: for its command line.
        @cpu: seconds of CPU time that a child may use.
        @huge: its memory in huge pages of the host, where they are to be had.
        Raises HostError if the binary does not start.
        """
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        confine.give(folder)
        environment = confine.environment({"TMPDIR": str(folder), **(env or {})})
        with _pipes() as (requests, self._requests, self._answers, answers):
            # Relative, so that the command line is the same each time.
            line = uml.command(kernel, Path(), [
                *args, f"snapshot={requests},{answers},{cpu},{int(huge)}"], "")
            try:
                self.process = proc.start(
                    line, confine.boots(), cwd=folder, env=environment,
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT, pass_fds=(requests, answers))
            except BaseException as err:
                os.close(self._requests)
                os.close(self._answers)
                if isinstance(err, OSError):
                    raise HostError(f"cannot start the kernel {kernel}: {err.strerror}; "
                                    "is its folder mounted noexec?") from err
                raise
        assert self.process.stdout
        self._console = self.process.stdout.fileno()
        os.set_blocking(self._console, False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._console, selectors.EVENT_READ)
        self._selector.register(self._answers, selectors.EVENT_READ)
        self._calm = selectors.DefaultSelector()
        self._calm.register(self._answers, selectors.EVENT_READ)
        self._said = b""                # on the console, less than a line
        self._heard = b""               # of the answers, not looked at yet
        self._open = True

    def ready(self, timeout: float, read: Read) -> None:
        """Wait until it has booted, giving each line of its console to @read.

        Raises Lost if it does not come up, also if it prints nothing for @timeout
        seconds; NoSnapshot if @read wants to STOP.
        """
        limit = time.monotonic() + timeout

        def listen(raw: str) -> Next:
            nonlocal limit
            limit = time.monotonic() + timeout
            if read(raw) is Next.STOP:
                raise NoSnapshot
            return Next.GO

        while True:
            line = self._line(listen)
            if line == "ready":
                self._drain(listen)
                return
            if line is not None:
                raise Lost(f"the kernel says '{line[:60]}' instead of 'ready'")
            if time.monotonic() >= limit:
                raise Lost(f"the kernel has booted for {timeout:g} s without a word")

    def run(self, request: str, read: Read, patience: Patience,
            idle: Read = lambda raw: Next.GO) -> Child:
        """Fork a child for @request, giving each line of its console to @read.

        @idle: gets what the server has printed since the last child.
        Raises Lost.
        """
        child = self._ask(request, read, patience, idle)
        if child is None:
            raise Lost("a child serves that was not asked to")
        return child

    def enter(self, request: str, read: Read, patience: Patience) -> Optional[Child]:
        """Fork a child for @request that gets something ready, and forks the children of
        the next requests itself, up to leave().

        @read: gets each line of its console.
        Returns how it ended, if it has, instead of None.  Raises Lost.
        """
        return self._ask(f"serve {request}", read, patience)

    def leave(self, read: Read, patience: Patience) -> Child:
        """End the child of enter(); how it ended.  Raises Lost."""
        return self.run("leave", read, patience)

    def _ask(self, request: str, read: Read, patience: Patience,
             idle: Read = lambda raw: Next.GO) -> Optional[Child]:
        """Make @request; how its child ended, None if it is ready to serve."""
        assert "\n" not in request
        self._drain(idle)
        try:
            os.write(self._requests, request.encode() + b"\n")
        except OSError:
            raise Lost(self._obituary()) from None
        watch = _Watch(patience)

        def listen(raw: str) -> Next:
            step = read(raw)
            if step is Next.PROGRESS:
                watch.progress()
            return step

        while True:
            line = self._line(listen)
            if line is None:
                watch.look()
                continue
            words = line.split()
            numbers = [int(word) for word in words[1:] if word.lstrip("-").isdigit()]
            if words[:1] == ["child"] and len(numbers) == 1 and numbers[0] > 1:
                watch.pid = numbers[0]
            elif words == ["ready"]:
                self._drain(listen)
                return None
            elif words[:1] == ["done"] and len(numbers) == 3:
                self._drain(listen)
                if numbers[0] <= 0:
                    raise Lost("the host lets the kernel fork no child (error "
                               f"{-numbers[0]})")
                return self._done(Child(numbers[1], numbers[2], watch.killed),
                                  numbers[0])
            else:
                raise Lost(f"the kernel answers '{line[:60]}'")

    @staticmethod
    def _done(child: Child, pid: int) -> Child:
        """@child, which was the process @pid, without what it has left of its group."""
        try:
            good = child.code == 0
        except ValueError:
            raise Lost(f"the kernel answers with the status {child.status:#x}") from None
        if not good:
            with contextlib.suppress(OSError):
                os.killpg(pid, signal.SIGKILL)
        return child

    def _line(self, read: Read) -> Optional[str]:
        """The next line of the answers; None if there is none after a moment."""
        if b"\n" not in self._heard:
            for key, _ in self._calm.select(_CALM) or self._selector.select(_LOOK):
                if key.fd == self._console:
                    self._listen(read)
                    continue
                data = os.read(self._answers, 4096)
                if not data:
                    self._drain(read)
                    raise Lost(self._obituary())
                self._heard += data
        if b"\n" not in self._heard:
            return None
        raw, self._heard = self._heard.split(b"\n", 1)
        return raw.decode("ascii", "backslashreplace")

    def _listen(self, read: Read) -> bool:
        """Give what is on the console to @read; False if there was nothing."""
        try:
            data = os.read(self._console, 1 << 16)
        except BlockingIOError:
            return False
        if not data:
            if self._console in self._selector.get_map():
                self._selector.unregister(self._console)
            return False
        *lines, self._said = (self._said + data).split(b"\n")
        for raw in lines:
            if raw:
                self._give(raw, read)
        return True

    def _drain(self, read: Read) -> None:
        """Read the console to its end: whoever has written to it is done."""
        while self._listen(read):
            pass
        rest, self._said = self._said, b""
        if rest:
            self._give(rest, read)

    @staticmethod
    def _give(raw: bytes, read: Read) -> None:
        read(raw.decode("utf-8", "backslashreplace"))

    def _obituary(self) -> str:
        """How the kernel, which has closed its pipes, ended."""
        try:
            code = self.process.wait(1)
        except subprocess.TimeoutExpired:
            return "the kernel that forks the children no longer listens"
        how = f"signal {-code}" if code < 0 else f"exit status {code}"
        return f"the kernel that forks the children ended with {how}"

    def close(self) -> None:
        """End it, and whatever it has started.  May be called twice."""
        if not self._open:
            return
        self._open = False
        self._selector.close()
        self._calm.close()
        os.close(self._requests)
        os.close(self._answers)
        proc.finish(self.process)
        assert self.process.stdout
        self.process.stdout.close()


class _Watch:
    """Looks after one child: kills it when our patience is at its end."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._since = time.monotonic()
        self._spent: Optional[float] = None
        self.pid = 0
        self.killed = False

    def progress(self) -> None:
        """The child has said something that counts."""
        self._since = time.monotonic()

    def look(self) -> None:
        """Kill the child if it is time to.  Raises Lost if that does not help."""
        if self._patience.virtual and self.pid and not self.killed:
            spent = cpu_time(self.pid)
            # Where the host does not tell, it may be at work.
            if spent != self._spent or spent is None and alive(self.pid):
                self._spent = spent
                self.progress()
        waited = time.monotonic() - self._since
        if self.killed:
            if waited >= _NOTICE:
                raise Lost("the kernel does not see that its child has gone")
        elif waited >= self._patience.seconds:
            if not self.pid:
                raise Lost(f"the kernel has forked no child for {waited:.0f} s")
            self.killed = True
            self._since = time.monotonic()
            kill(self.pid)
