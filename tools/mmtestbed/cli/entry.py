# SPDX-License-Identifier: GPL-2.0
"""How each command begins and ends, whatever it does.

What it is given has to be UTF-8, as all that it writes is.  Once nobody reads what it
prints any more, it ends as other tools do: by SIGPIPE, without a word.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import Callable

from ..errors import Exit, Interrupted
from ..ui.console import clean

_TOP = Path(__file__).resolve().parents[3]
# Variables that name files.
_NAMES = ("KDIR", "MMTB_CACHE", "XDG_CACHE_HOME", "HOME", "CCACHE_DIR", "TMPDIR")


def _odd() -> str:
    """What this call has been given that is not UTF-8, in words; "" if nothing."""
    given = [(f"the argument {word}", word) for word in sys.argv[1:]]
    given += [(f"{name}={os.environ[name]}", os.environ[name]) for name in _NAMES
              if name in os.environ]
    given.append((f"the path {_TOP} of these scripts", str(_TOP)))
    with contextlib.suppress(OSError):
        given.append((f"the current folder, {os.getcwd()},", os.getcwd()))
    for what, text in given:
        try:
            text.encode()
        except UnicodeEncodeError:
            return what
    return ""


def run(main: Callable[[], int], usage: int = Exit.USAGE, broken: int = Exit.BROKEN) -> int:
    """Call @main; returns the exit code, or dies by SIGPIPE.

    @usage, @broken: exit codes for wrong usage and for output that cannot be written.
    """
    odd = _odd()
    if odd:
        print(f"mm-testbed: {clean(odd)} is no UTF-8; use another name, or a symbolic "
              "link with one", file=sys.stderr)
        return usage
    try:
        try:
            code = main()
        except SystemExit as end:       # argparse, after --help
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if sys.stdout:
            sys.stdout.flush()
    except BrokenPipeError:
        _nobody_reads()
    except Interrupted as stop:
        if stop.signum == signal.SIGPIPE:
            _nobody_reads()
        code = 128 + stop.signum
    except OSError as err:
        if err.filename is not None:
            raise
        _shut()
        print(f"mm-testbed: cannot write to the standard output: {err.strerror}",
              file=sys.stderr)
        return broken
    if code == 128 + signal.SIGPIPE:
        _nobody_reads()
    return code


def _shut() -> None:
    """Let Python not try again at its end."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)


def _nobody_reads() -> None:
    """End by SIGPIPE."""
    _shut()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGPIPE})
    os.kill(os.getpid(), signal.SIGPIPE)
