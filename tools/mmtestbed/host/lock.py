# SPDX-License-Identifier: GPL-2.0
"""Locks between runs, and files that are there in full or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any, Callable, Iterator, TextIO


@contextlib.contextmanager
def held(path: Path, waiting: Callable[[], None], shared: bool = False) -> Iterator[None]:
    """Hold the lock @path; @waiting is called once if somebody else has it.

    The kernel drops the lock with the process, however that ends.  Its time stamp
    says when somebody took it last.
    """
    mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    told = False
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            file = open(path, "a", encoding="ascii")
        except FileNotFoundError:
            continue                    # the folder has just been removed
        with file:
            try:
                fcntl.flock(file, mode | fcntl.LOCK_NB)
            except BlockingIOError:
                if not told:
                    waiting()
                told = True
                fcntl.flock(file, mode)
            if not _is(file, path):
                continue                # removed, and perhaps made anew, meanwhile
            os.utime(path)
            yield
            return


@contextlib.contextmanager
def taken(path: Path) -> Iterator[None]:
    """Hold the lock @path, without a trace.

    Raises OSError if there is none, or if somebody else has it.
    """
    with open(path, "r+", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not _is(file, path):
            raise FileNotFoundError(path)
        yield


def _is(file: TextIO, path: Path) -> bool:
    """True if @path is still what has been opened as @file."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


# What write() calls a file until it is complete.
TEMPORARY = re.compile(r"\..+\.[a-z0-9_]{8}\.new")


def write(path: Path, data: bytes) -> None:
    """Replace @path by @data in one step.  Raises OSError, leaves no rest."""
    fd, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new",
                                dir=path.parent)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(data)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def json_bytes(value: Any) -> bytes:
    """@value as JSON text, in its own order."""
    return (json.dumps(value, indent=1) + "\n").encode()


def write_json(path: Path, value: Any) -> None:
    """Replace @path by @value as JSON in one step.  Raises OSError."""
    write(path, json_bytes(value))


def read_json(path: Path) -> Any:
    """The JSON in @path; None if there is none or it is damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
