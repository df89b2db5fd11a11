# SPDX-License-Identifier: GPL-2.0
"""Run host commands so that none outlives us, and turn signals into Interrupted."""

from __future__ import annotations

import concurrent.futures
import contextlib
import errno
import os
import resource
import shutil
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Callable, Iterator, Mapping, Optional, Sequence

from ..errors import HostError, Interrupted, TestbedError
from . import confine, ns

# A command's progress is looked at this often, in seconds.
TICK = 1.0
# What a well-behaved command may take to clean up after SIGTERM, in seconds.
GRACE = 5.0
# Variables by which a program is made to run code of others as it starts.
_LOADER = ("LD_", "GLIBC_", "GCONV_")
# How often to look whether it has, in seconds.
_LOOK = 0.02


# The groups that we have started and that may still be alive.
_alive: "set[subprocess.Popen[bytes]]" = set()
# Set when we have been told to stop.
_over = threading.Event()


class _Late:
    """Puts off what a signal has to say to the main thread until it is out of a cage."""

    def __init__(self) -> None:
        self._inside = False
        self._signum = 0

    def begin(self, signum: int) -> bool:
        """True if the main thread is in a cage, and will hear of @signum later."""
        if self._inside:
            self._signum = signum
        return self._inside

    @contextlib.contextmanager
    def entered(self, cage: confine.Cage) -> Iterator[None]:
        """cage.entered(), which nothing interrupts half-way.  Raises Interrupted behind
        it."""
        if threading.current_thread() is not threading.main_thread():
            with cage.entered():
                yield
            return
        self._inside = True
        try:
            with cage.entered():
                yield
        finally:
            self._inside = False
            signum, self._signum = self._signum, 0
            if signum:
                raise Interrupted(signum)


_late = _Late()


@dataclass(frozen=True)
class Done:
    """A finished command: its exit status and all that it printed."""

    code: int
    output: str


def environment(extra: Optional[Mapping[str, str]] = None) -> dict[str, str]:
    """The environment for host commands: messages in English, no git writes."""
    env = dict(os.environ)
    for name in confine.UNWANTED:
        env.pop(name, None)
    env.update(LC_ALL="C", GIT_OPTIONAL_LOCKS="0")
    env.update(extra or {})
    return env


def catch_signals() -> None:
    """From now on SIGINT, SIGTERM and SIGHUP raise Interrupted, once."""
    def stop(signum: int, _frame: Optional[FrameType]) -> None:
        for other in ns.FORWARDED:
            signal.signal(other, signal.SIG_IGN)
        if _late.begin(signum):
            return
        raise Interrupted(signum)

    for signum in ns.FORWARDED:
        signal.signal(signum, stop)


def kill_group(process: "subprocess.Popen[bytes]", signum: int) -> None:
    """Send @signum to the process group that @process leads."""
    try:
        os.killpg(process.pid, signum)
    except (ProcessLookupError, PermissionError):
        pass


def _popen(command: Sequence[str], words: Sequence[str],
           **options: Any) -> "subprocess.Popen[bytes]":
    """Start @command in a group of its own, to be killed when our thread ends.

    @words: more of setpriv(1).

    Code of ours between fork() and exec() could meet a lock that another thread
    held at that moment: setpriv(1) comes with util-linux and spares us that.
    """
    setpriv = shutil.which("setpriv", path=f"{os.environ.get('PATH', '')}:/usr/bin:/bin")
    if setpriv is None:
        return subprocess.Popen(list(command), start_new_session=True,
                                preexec_fn=ns.die_with_parent, **options)
    if words:
        # Part of it may come from the tree, and setpriv still has all that we have.
        options["env"] = {name: value for name, value in (
            options.get("env") or os.environ).items() if not name.startswith(_LOADER)}
    environ = options.get("env")
    program = shutil.which(command[0], path=(environ or os.environ).get("PATH"))
    if program is None:
        # It would be setpriv that says so, and be taken for the command.
        code = errno.EACCES if os.path.exists(command[0]) else errno.ENOENT
        raise OSError(code, os.strerror(code), command[0])
    return subprocess.Popen([setpriv, *words, "--pdeathsig", "KILL", "--", *command],
                            start_new_session=True, **options)


def start(command: Sequence[str], cage: confine.Cage = confine.Cage(),
          **options: Any) -> "subprocess.Popen[bytes]":
    """Start @command in a group of its own that does not outlive us.

    @cage: what it is confined by.
    @options: as for Popen.  Follow it with finish().  Raises OSError; Interrupted
    if kill_all() has been called, so that no thread begins anything new.
    """
    if _over.is_set():
        raise Interrupted(signal.SIGTERM)
    process = None
    try:
        with _late.entered(cage):
            process = _popen(command, cage.words, **options)
            _alive.add(process)
            if cage.words:
                confine.give_pipes(process)
    except Interrupted:
        if process:
            finish(process)
        raise
    if _over.is_set():
        kill_group(process, signal.SIGKILL)
    return process


def attached(command: Sequence[str], cage: confine.Cage,
             **options: Any) -> "subprocess.Popen[bytes]":
    """Start @command in @cage, for the user at the terminal, and in our own group.

    @options: as for Popen.  Raises OSError.
    """
    setpriv = shutil.which("setpriv", path="/usr/bin:/bin")
    words = [setpriv, *cage.words, "--"] if setpriv and cage.words else []
    with _late.entered(cage):
        return subprocess.Popen([*words, *command], **options)


def finish(process: "subprocess.Popen[bytes]") -> int:
    """Make sure that nothing of @process's group is left; its exit status."""
    kill_group(process, signal.SIGKILL)
    code = process.wait()
    _alive.discard(process)
    return code


def kill_all() -> None:
    """We are stopping: kill whatever start() has started, and let it start no more."""
    _over.set()
    for process in list(_alive):
        kill_group(process, signal.SIGKILL)


def stopping() -> bool:
    """True once kill_all() has been called: what ends now, ends by us."""
    return _over.is_set()


@contextlib.contextmanager
def threads(count: int, begin: Callable[[], None] = lambda: None, *,
            last: bool = True) -> Iterator[concurrent.futures.ThreadPoolExecutor]:
    """@count threads for work that starts commands; @begin is called in each.

    What leaves the block with an exception kills all commands and cancels what has
    not begun; a TestbedError does so only if the block is the @last one to need any.

    A signal may interrupt us while we hold a lock of the pool, which then nobody
    gives back: the threads get GRACE seconds to end, for what they remove behind
    themselves, and are left to their fate after that.
    """
    started: list[threading.Thread] = []

    def initialise() -> None:
        started.append(threading.current_thread())
        begin()

    pool = concurrent.futures.ThreadPoolExecutor(count, initializer=initialise)
    try:
        yield pool
    except BaseException as err:
        if isinstance(err, TestbedError) and not last:
            pool.shutdown(cancel_futures=True)
            raise
        kill_all()
        pool.shutdown(wait=False, cancel_futures=True)
        limit = time.monotonic() + GRACE
        for thread in started:
            thread.join(max(0.0, limit - time.monotonic()))
        raise
    pool.shutdown()


def _end(process: "subprocess.Popen[bytes]") -> bool:
    """Let @process and its group clean up after themselves; True if they did."""
    kill_group(process, signal.SIGTERM)
    limit = time.monotonic() + GRACE
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=GRACE)
    while time.monotonic() < limit:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(_LOOK)
    return False


def run(command: Sequence[str], *, cwd: Optional[Path] = None,
        env: Optional[Mapping[str, str]] = None, data: Optional[bytes] = None,
        tick: Optional[Callable[[], None]] = None,
        cage: confine.Cage = confine.Cage(), errors: str = "replace") -> Done:
    """Run @command to its end, with stdout and stderr in one text.

    @cage: what it is confined by; foreign code has to be.
    @errors: what to do with what it prints that is no UTF-8, as for decode().
    @data: what it reads on stdin (nothing if None).
    @tick: called about once per second while it runs.
    Raises HostError if the command does not exist; Interrupted if a signal
    came meanwhile, after the command has been stopped.
    """
    try:
        process = start(
            command, cage, cwd=cwd, env=environment() if env is None else env,
            stdin=subprocess.PIPE if data is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except OSError as err:
        raise HostError(f"cannot run {command[0]}: {err.strerror}; "
                        "install it and try again") from err
    try:
        while True:
            try:
                output, _ = process.communicate(input=data, timeout=TICK)
                break
            except subprocess.TimeoutExpired:
                data = None
                if tick:
                    tick()
    except Interrupted as stop:
        stop.tidy = _end(process)
        raise
    except BaseException:
        _end(process)
        raise
    finally:
        finish(process)
    return Done(process.returncode, output.decode("utf-8", errors))


def cpu_seconds() -> float:
    """What the commands that have ended have cost so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
