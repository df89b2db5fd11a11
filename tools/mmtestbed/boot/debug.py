# SPDX-License-Identifier: GPL-2.0
"""scripts/run.sh --gdb: boot for one case, in gdb, and stop where it goes wrong."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path
from typing import Mapping, Optional, Sequence

from ..errors import HostError
from ..host import beneath, confine, ns, proc
from ..kernel.tree import Files
from ..model import counted
from ..model.outcomes import Name
from ..ui.console import Console
from . import due_reports, runner, uml

# KUnit comes through here when an assertion has failed, the kernel when it gives up.
_STOPS = ("__kunit_do_failed_assertion", "panic", "__warn")
# What User-Mode Linux lives by.
_SIGNALS = ("SIGSEGV", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGIO", "SIGCHLD",
            "SIGWINCH")


def with_lines(files: Files, tree: Path) -> dict[str, Optional[bytes]]:
    """@files, of which the others are in @tree, so that gdb can show the suites and the
    files under test: only these are compiled anew."""
    found = dict(files)
    for path, more in (
            ("mm/kunit/Makefile", "subdir-ccflags-y += -g\n"),
            *((f"{folder}/Makefile", "".join(f"CFLAGS_{Path(name).name}.o += -g\n" for name in
                                             counted.FILES if str(Path(name).parent) == folder))
              for folder in sorted({str(Path(name).parent) for name in counted.FILES}))):
        old = found.get(path) or beneath.read(tree, path) or b""
        found[path] = old.rstrip(b"\n") + b"\n" + more.encode()
    return found


def see_proc(mounts: bool) -> None:
    """gdb wants /proc to be that of our PID namespace.  @mounts: we have our own."""
    if mounts:
        with contextlib.suppress(OSError):
            ns.mount("proc", Path("/proc"), "proc", ns.MS_NOSUID | ns.MS_NODEV)


def command(how: runner.Options, folder: Path, name: Name, due: bool,
            sources: Mapping[str, Path], more: Sequence[str] = ()) -> list[str]:
    """The command line of gdb for the case @name, with the kernel's files in @folder.

    @due: the case has to end in a report.
    @sources: where what was compiled at a path can be found now.
    @more: orders that come ahead of the run, such as breakpoints.
    """
    words = [*how.words, *runner.seed_words(how.seed),
             *([due_reports.ARGUMENT] if due else [])]
    orders = ["set pagination off", "set breakpoint pending on", "set confirm off",
              "set follow-fork-mode parent", "set detach-on-fork on",
              *(f"set substitute-path {old} {new}" for old, new in sources.items()),
              f"handle {' '.join(_SIGNALS)} nostop noprint pass",
              *(f"break {function}" for function in _STOPS), *more, "run", "backtrace 12",
              "up"]
    return ["gdb", "-q", *(word for order in orders for word in ("-ex", order)), "--args",
            *uml.command(how.kernel, folder, words, ".".join(name))]


def run(how: runner.Options, name: Name, due: bool, sources: Mapping[str, Path],
        console: Console, stops: Sequence[str] = _STOPS, more: Sequence[str] = ()) -> int:
    """Let the user have gdb on the terminal; its exit code.

    @stops: where it stops, for the user.  @more: as for command().
    Raises HostError.
    """
    folder = confine.room(how.folder, "gdb")
    folder.mkdir(parents=True, exist_ok=True)
    line = command(how, folder, name, due, sources, more)
    console.line(f"booting for {'.'.join(name)} in gdb; it stops at {', '.join(stops)}")
    # Ctrl-C is for gdb.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with confine.cage([how.kernel, *sources.values()], [folder]) as cage:
            environment = {"TMPDIR": str(folder), "TERM": os.environ.get("TERM", "dumb")}
            with proc.attached(line, cage, cwd=folder, preexec_fn=_foreground,
                               env=confine.environment(environment)) as process:
                return process.wait()
    except OSError as err:
        raise HostError(f"cannot run gdb: {err.strerror}; install it and try "
                        "again") from err
    finally:
        signal.signal(signal.SIGINT, before)


def _foreground() -> None:
    """gdb gets Ctrl-C, and goes when we go."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    ns.die_with_parent()
