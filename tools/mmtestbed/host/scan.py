# SPDX-License-Identifier: GPL-2.0
"""See at a glance what changed in a tree that belongs to somebody else."""

from __future__ import annotations

import errno
import functools
import hashlib
import operator
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable, Sequence

from . import proc

# size in bytes, mtime and ctime in nanoseconds since the epoch
Stat = tuple[int, int, int]

# What find prints of a file: its path, and what stat() says.  Its clock has ten digits
# behind the point, of which the last is always 0.
_FORMAT = r"%P\0%s %T@ %C@\0"
# Left behind in the source by a build without O=; kbuild then refuses O=.
_CONFIGURED = (b"\0.config\0", b"\0include/config/", b"\0include/generated/")
_CONFIGURED_ARCH = re.compile(rb"\0arch/[^/\0]+/include/generated/")


def _ns(clock: bytes) -> int:
    """Seconds, as find prints them, in nanoseconds."""
    seconds, _, fraction = clock.partition(b".")
    return int(seconds) * 10 ** 9 + int(fraction[:9].ljust(9, b"0"))


def _stat(text: bytes) -> Stat:
    size, mtime, ctime = text.split(b" ")
    return int(size), _ns(mtime), _ns(ctime)


@dataclass(frozen=True)
class Scan:
    """All files of a tree (without .git) with what stat() says: a row each, sorted."""

    rows: Sequence[tuple[bytes, bytes]]

    @functools.cached_property
    def digest(self) -> str:
        """One name for it all."""
        return hashlib.blake2b(self.dump, digest_size=16).hexdigest()

    @functools.cached_property
    def files(self) -> dict[str, Stat]:
        """The stat of each file, by path."""
        return {_path(path): _stat(stat) for path, stat in self.rows}

    def newer(self, since_ns: int, built_ns: int) -> list[str]:
        """Files put in place after @since_ns that make takes for old.

        Such a file has a fresh ctime, but an mtime before @built_ns, when the
        last build ended: it came by cp -p or by rename.
        """
        found = []
        since = b"%10d" % (since_ns // 10 ** 9)
        for path, text in self.rows:
            # Few are: that saves to take all of them apart.
            if text[-21:-11] >= since:
                _, mtime, ctime = _stat(text)
                if ctime >= since_ns and mtime <= built_ns:
                    found.append(_path(path))
        return found

    def changed(self, before: "Scan") -> dict[str, bool]:
        """What differs from @before, by path: whether the file was there and is now."""
        ours, theirs = self.rows, before.rows
        # Few rows differ, and both are sorted: most of them need no set.
        first = _alike(ours, theirs)
        last = _alike(ours[:first - 1 if first else None:-1],
                      theirs[:first - 1 if first else None:-1])
        rows = set(ours[first:len(ours) - last])
        old = set(theirs[first:len(theirs) - last])
        now = {path for path, _ in rows - old}
        then = {path for path, _ in old - rows}
        return {_path(path): path in now and path in then for path in now | then}

    def built_in_place(self) -> bool:
        """True if somebody has built or configured inside of the tree."""
        paths = b"\0" + self.dump
        return any(name in paths for name in _CONFIGURED) or \
            bool(_CONFIGURED_ARCH.search(paths))

    @functools.cached_property
    def dump(self) -> bytes:
        """It all, for load()."""
        return b"\0".join(part for row in self.rows for part in row)


def _alike(rows: Sequence[tuple[bytes, bytes]], others: Sequence[tuple[bytes, bytes]]) -> int:
    """How many rows both begin with."""
    differ = map(operator.ne, rows, others)
    return next((number for number, other in enumerate(differ) if other),
                min(len(rows), len(others)))


def _path(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")


def _rows(parts: Sequence[bytes]) -> Iterable[tuple[bytes, bytes]]:
    return zip(parts[::2], parts[1::2])


def load(data: bytes) -> Scan:
    """What dump() has made."""
    return Scan(list(_rows(data.split(b"\0"))))


def scan(root: Path) -> Scan:
    """Look at each file below @root.  Raises OSError."""
    with tempfile.NamedTemporaryFile(prefix="scan.") as file:
        done = proc.run(["find", str(root.absolute()), "-ignore_readdir_race", "-name",
                         ".git", "-prune", "-o", "!", "-type", "d", "-fprintf", file.name,
                         _FORMAT])
        if done.code != 0:
            reason = (done.output.splitlines() or ["find fails"])[0]
            raise OSError(errno.EIO, reason, str(root))
        return Scan(sorted(_rows(file.read().split(b"\0"))))
