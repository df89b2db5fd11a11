# SPDX-License-Identifier: GPL-2.0
"""Write what the user has asked for to where the user wants it.

A file is there in full or not at all, and keeps its mode and owner if there was one; a
symbolic link stays one, and what it leads to is written.  Whatever is no file, a device,
a fifo, a descriptor, gets the bytes, and is never replaced.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import signal
import stat
import sys
import tempfile
from pathlib import Path
from typing import Optional

from ..errors import Interrupted, TestbedError, UsageError

# The standard output: what "-" means.
STDOUT = Path("-")
_DESCRIPTOR = re.compile(r"/dev/(?:(stdout)|(stderr)|fd/(\d+))|/proc/self/fd/(\d+)")
# What keeps a file from being replaced, though it can be written: a mount point.
_IN_PLACE = (errno.EBUSY, errno.EXDEV, errno.EACCES, errno.EPERM)


def _descriptor(path: Path) -> Optional[int]:
    """The number of the descriptor that @path is a name for; None if it is none."""
    if path == STDOUT:
        return 1
    match = _DESCRIPTOR.fullmatch(str(path))
    if not match:
        return None
    out, err, *numbers = match.groups()
    return 1 if out else 2 if err else int(next(filter(None, numbers)))


def _mode(path: Path) -> Optional[int]:
    """The type and mode of what @path leads to; None if nothing.  Raises OSError."""
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        return None


def target(name: str) -> Path:
    """What write() takes for the @name that the user gave: known before the build.

    Raises UsageError if it cannot be written.
    """
    if name in ("-", "/dev/stdout"):
        return STDOUT
    path = Path(name).absolute()
    try:
        problem = _obstacle(path) if name else "it has no name"
    except (OSError, ValueError) as err:
        problem = (err.strerror if isinstance(err, OSError) else "") or str(err)
    if problem:
        raise UsageError(f"cannot write {name or 'a report'}: {problem}")
    return path


def _obstacle(path: Path) -> str:
    """Why @path cannot be written; "" if it can.  Raises OSError."""
    number = _descriptor(path)
    if number is not None:
        flags = fcntl.fcntl(number, fcntl.F_GETFL)
        return "it is open for reading only" if flags & os.O_ACCMODE == os.O_RDONLY \
            else ""
    mode = _mode(path)
    if mode is None:
        folder = Path(os.path.realpath(path)).parent
        if not folder.is_dir():
            return "its folder does not exist"
        return "" if os.access(folder, os.W_OK) else "its folder is read-only for you"
    if stat.S_ISDIR(mode):
        return "it is a folder"
    if stat.S_ISBLK(mode):
        return "it is a disk"
    # To root, nothing is; but who has taken all permission to write away means it.
    if not os.access(path, os.W_OK) or not mode & 0o222:
        return "it is read-only"
    return ""


def distinct(*paths: Optional[Path]) -> bool:
    """True if one of @paths is the standard output.

    Raises UsageError if two of them, None left out, are the same.
    """
    names = [path for path in paths if path]
    for path in names:
        if names.count(path) > 1:
            raise UsageError(f"two reports would go to {path}; name another file")
    return STDOUT in names


def write(path: Path, data: bytes) -> None:
    """Write @data to @path, which target() has returned.

    Raises TestbedError; Interrupted if nobody reads the standard output any more.
    """
    try:
        number = _descriptor(path)
        mode = None if number is not None else _mode(path)
        if number is not None:
            sys.stdout.flush()
            _stream(os.dup(number), data)
        elif mode is not None and not stat.S_ISREG(mode):
            _stream(os.open(path, os.O_WRONLY | os.O_NOCTTY), data)
        else:
            _file(Path(os.path.realpath(path)), data)
    except BrokenPipeError:
        if path == STDOUT:
            raise Interrupted(signal.SIGPIPE) from None
        raise TestbedError(f"cannot write {path}: nobody reads it") from None
    except OSError as err:
        raise TestbedError(f"cannot write {path}: {err.strerror}; name another "
                           "file") from None


def _stream(number: int, data: bytes) -> None:
    """Write @data to the descriptor @number, and close that."""
    with open(number, "wb", buffering=0) as file:
        rest = memoryview(data)
        while rest:
            rest = rest[file.write(rest) or 0:]


def _file(path: Path, data: bytes) -> None:
    """Replace the file @path by @data in one step, if that can be.  Raises OSError."""
    old: Optional[os.stat_result] = None
    with contextlib.suppress(FileNotFoundError):
        old = os.stat(path)
    try:
        _replace(path, data, old)
    except OSError as err:
        if old is None or err.errno not in _IN_PLACE:
            raise
        _stream(os.open(path, os.O_WRONLY | os.O_TRUNC), data)


def _replace(path: Path, data: bytes, old: Optional[os.stat_result]) -> None:
    number, name = tempfile.mkstemp(prefix=f".{path.name[:80]}.", suffix=".new",
                                    dir=path.parent)
    try:
        _stream(number, data)
        if old is None:
            umask = os.umask(0)
            os.umask(umask)
            os.chmod(name, 0o666 & ~umask)
        else:
            if (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
                os.chown(name, old.st_uid, old.st_gid)
            os.chmod(name, stat.S_IMODE(old.st_mode))
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
