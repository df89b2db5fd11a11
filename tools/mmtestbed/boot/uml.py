# SPDX-License-Identifier: GPL-2.0
"""Boot a User-Mode Linux kernel and read its console, live and with a deadline."""

from __future__ import annotations

import enum
import os
import selectors
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Mapping, Optional, Sequence

from ..errors import HostError
from ..host import confine, proc
from ..model.configs import PLAIN, Config

# After the kernel's main process has gone, its output is complete; this is how
# long, in seconds, stray helpers may keep the console open.
_LINGER = 0.2


class Next(enum.Enum):
    """What the reader of a line wants."""

    GO = "go"
    PROGRESS = "progress"       # as GO, and the deadline starts anew
    STOP = "stop"               # the boot has told enough


class How(enum.Enum):
    """How a boot ended."""

    EXITED = "exited"
    HUNG = "hung"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Ending:
    """How a boot, or a child of one, ended.

    @code: its exit status if it exited (signals negative).
    @why: for a hang, what it went by, if not by the clock.
    """

    how: How
    code: int
    why: str = ""


def free_memory() -> int:
    """MiB that the memory of kernels may take.

    It is a file in a tmpfs, which by default holds half of the host's memory.
    """
    fields = dict(line.split(":") for line in
                  Path("/proc/meminfo").read_text(encoding="ascii").splitlines())
    total, free = (int(fields[name].split()[0]) // 1024
                   for name in ("MemTotal", "MemAvailable"))
    return min(total // 2, free)


def at_a_time(jobs: int, config: Config = PLAIN) -> int:
    """How many boots of a kernel like @config keep @jobs CPUs busy.

    Most of its time, a kernel that runs the suites sleeps until its next tick; but
    one with several CPUs spins for those that the host does not let run. A kernel
    whose memory the host cannot give it dies by a bus error.
    """
    most = 4 * jobs // config.cpus if jobs > 1 else 1
    return max(min(most, free_memory() // config.memory), 1)


def command(kernel: Path, folder: Path, args: Sequence[str], glob: str) -> list[str]:
    """The command line: kunit.py's own, and folders that nobody else uses."""
    line = [str(kernel), "mem=1G", *args]
    if glob:
        line.append(f"kunit.filter_glob={glob}")
    return [*line, "kunit.enable=1", "console=tty", "kunit_shutdown=halt",
            f"uml_dir={folder}/"]


def boot(line: Sequence[str], folder: Path, timeout: float,
         read: Callable[[str], Next],
         env: Optional[Mapping[str, str]] = None) -> Ending:
    """Boot with the command @line in @folder, giving each line to @read.

    @timeout: seconds without progress after which the kernel counts as hung.
    @env: what it finds in its environment beside the usual.
    Raises HostError if the binary does not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    confine.give(folder)
    try:
        process = proc.start(
            line, confine.boots(), cwd=folder,
            env=confine.environment({"TMPDIR": str(folder), **(env or {})}),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
    except OSError as err:
        raise HostError(f"cannot start the kernel {line[0]}: {err.strerror}; is "
                        "its folder mounted noexec?") from err
    try:
        return _follow(process, timeout, read)
    finally:
        proc.finish(process)
        assert process.stdout
        process.stdout.close()


def _follow(process: "subprocess.Popen[bytes]", timeout: float,
            read: Callable[[str], Next]) -> Ending:
    assert process.stdout
    fd = process.stdout.fileno()
    rest = b""
    deadline = time.monotonic() + timeout
    gone_at: Optional[float] = None
    with selectors.DefaultSelector() as selector:
        selector.register(fd, selectors.EVENT_READ)
        while True:
            now = time.monotonic()
            if gone_at is None and process.poll() is not None:
                gone_at = now
            limit = deadline if gone_at is None else gone_at + _LINGER
            ready = selector.select(max(0.0, min(limit - now, _LINGER)))
            if not ready:
                if gone_at is not None:
                    break
                if time.monotonic() >= deadline:
                    _give(rest, read)
                    return Ending(How.HUNG, 0)
                continue
            data = os.read(fd, 65536)
            if not data:
                break
            *lines, rest = (rest + data).split(b"\n")
            for raw in lines:
                step = _give(raw, read)
                if step is Next.STOP:
                    return Ending(How.STOPPED, 0)
                if step is Next.PROGRESS:
                    deadline = time.monotonic() + timeout
            if time.monotonic() >= deadline:
                return Ending(How.HUNG, 0)
    _give(rest, read)
    return Ending(How.EXITED, process.wait())


def _give(raw: bytes, read: Callable[[str], Next]) -> Next:
    if not raw:
        return Next.GO
    return read(raw.decode("utf-8", "backslashreplace"))
