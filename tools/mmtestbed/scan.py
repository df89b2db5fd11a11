# SPDX-License-Identifier: GPL-2.0
"""See at a glance what changed in a tree that belongs to somebody else."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

# size in bytes, mtime and ctime in nanoseconds since the epoch
Stat = tuple[int, int, int]

# Left behind in the source by a build without O=; kbuild then refuses O=.
_CONFIGURED = re.compile(r"\.config$|include/(config|generated)/"
                         r"|arch/[^/]+/include/generated/")


@dataclass(frozen=True)
class Scan:
    """All files of a tree (without .git) by path, with a digest of it all."""

    files: dict[str, Stat]
    digest: str

    def newer(self, since_ns: int, built_ns: int) -> list[str]:
        """Files put in place after @since_ns that make takes for old.

        Such a file has a fresh ctime, but an mtime before @built_ns, when the
        last build ended: it came by cp -p or by rename.
        """
        return [path for path, (_, mtime, ctime) in self.files.items()
                if ctime >= since_ns and mtime <= built_ns]

    def built_in_place(self) -> bool:
        """True if somebody has built or configured inside of the tree."""
        return any(_CONFIGURED.match(path) for path in self.files)


def scan(root: Path) -> Scan:
    """Look at each file below @root.  Raises OSError."""
    files: dict[str, Stat] = {}
    todo = [""]
    while todo:
        folder = todo.pop()
        with os.scandir(os.path.join(root, folder)) as entries:
            for entry in entries:
                path = folder + entry.name
                if entry.is_dir(follow_symlinks=False):
                    if path != ".git":
                        todo.append(path + "/")
                elif path != ".git":
                    stat = entry.stat(follow_symlinks=False)
                    files[path] = (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
    text = repr(sorted(files.items())).encode("utf-8", "surrogateescape")
    return Scan(files, hashlib.blake2b(text, digest_size=16).hexdigest())
