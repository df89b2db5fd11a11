# SPDX-License-Identifier: GPL-2.0
"""Be told when somebody saves a file below a folder; see inotify(7)."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from pathlib import Path
from typing import Callable

from ..errors import HostError

_CLOEXEC, _NONBLOCK = os.O_CLOEXEC, os.O_NONBLOCK
_CLOSE_WRITE, _MOVED_FROM, _MOVED_TO = 0x8, 0x40, 0x80
_CREATE, _DELETE, _ONLYDIR, _DONT_FOLLOW = 0x100, 0x200, 0x01000000, 0x02000000
_Q_OVERFLOW, _IGNORED, _ISDIR = 0x4000, 0x8000, 0x40000000
_WANTED = _CLOSE_WRITE | _MOVED_FROM | _MOVED_TO | _CREATE | _DELETE | _ONLYDIR | _DONT_FOLLOW
_EVENT = struct.Struct("iIII")
_libc = ctypes.CDLL(None, use_errno=True)


class Watch:
    """What is saved, made, moved or removed below @top.

    @wanted: is given the path of a folder, or of a file, below @top, and says whether it
        matters.
    Raises HostError if the machine watches no more.
    """

    def __init__(self, top: Path, wanted: Callable[[Path], bool]) -> None:
        self._top = top
        self._wanted = wanted
        self._folders: dict[int, Path] = {}
        self.fd = _libc.inotify_init1(_CLOEXEC | _NONBLOCK)
        if self.fd < 0:
            raise self._error()
        self._add(top)

    @property
    def folders(self) -> int:
        """How many there are."""
        return len(self._folders)

    def close(self) -> None:
        """See nothing any more."""
        os.close(self.fd)

    @staticmethod
    def _error() -> HostError:
        number = ctypes.get_errno()
        if number in (errno.ENOSPC, errno.EMFILE):
            return HostError("this machine watches no more folders; run: sysctl -w "
                             "fs.inotify.max_user_watches=524288 "
                             "fs.inotify.max_user_instances=512")
        return HostError(f"cannot watch the tree: {os.strerror(number)}")

    def _add(self, folder: Path) -> list[Path]:
        """Watch @folder and what is below; the files that are there.  Raises HostError."""
        files: list[Path] = []
        waiting = [folder]
        while waiting:
            here = waiting.pop()
            number = _libc.inotify_add_watch(self.fd, os.fsencode(here), _WANTED)
            if number < 0:
                if ctypes.get_errno() in (errno.ENOENT, errno.ENOTDIR):
                    continue            # gone, or replaced, in the meantime
                raise self._error()
            self._folders[number] = here
            try:
                entries = list(os.scandir(here))
            except OSError:
                continue
            for entry in entries:
                path = Path(entry.path)
                if not self._wanted(path.relative_to(self._top)):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(path)
                else:
                    files.append(path)
        return files

    def read(self) -> set[Path]:
        """The files that have changed since, below the top; all of them if too many have:
        then the top itself is among them.

        Raises HostError.
        """
        found: set[Path] = set()
        while True:
            try:
                data = os.read(self.fd, 1 << 16)
            except BlockingIOError:
                return found
            while data:
                number, mask, _, size = _EVENT.unpack_from(data)
                name = data[_EVENT.size:_EVENT.size + size].rstrip(b"\0")
                data = data[_EVENT.size + size:]
                if mask & _Q_OVERFLOW:
                    found.add(Path("."))
                elif mask & _IGNORED:
                    self._folders.pop(number, None)
                elif number in self._folders and name:
                    found |= self._event(self._folders[number] / os.fsdecode(name), mask)

    def _event(self, path: Path, mask: int) -> set[Path]:
        below = path.relative_to(self._top)
        if not self._wanted(below):
            return set()
        if mask & _ISDIR:
            # What was put into a new folder before it was watched has no event.
            new = self._add(path) if mask & (_CREATE | _MOVED_TO) else []
            return {each.relative_to(self._top) for each in new}
        # A file that is made is written to, and closed, later; a link is not.
        if mask & _CREATE and not path.is_symlink():
            return set()
        return {below}
