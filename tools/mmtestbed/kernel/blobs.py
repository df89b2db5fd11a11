# SPDX-License-Identifier: GPL-2.0
"""What the series was made on: upstream's files, which the git of a kernel developer has.

patches/blobs says which blob each file was, in each release that the series was tried with: a
line is BLOB PATH RELEASE..., with - for BLOB if these releases lack the file.  So a patch that
does not fit can be merged as git am -3 does it, on a machine without the releases.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Iterator, Mapping, Optional, Sequence

from ..errors import TestbedError, UsageError
from ..git import gitrepo
from ..host import beneath, lock
from ..model.repository import REPOSITORY
from . import patching

FILE = "patches/blobs"
_NONE = "-"
# Asked only for the version, and Debian's are not upstream's.
_MAKEFILE = "Makefile"
_HEAD = """\
# SPDX-License-Identifier: GPL-2.0
# What the series was made on, made by scripts/mmt kernels blobs: BLOB PATH RELEASE...
"""
# By release, and by path: the blob; None if the release lacks the file.
Table = Mapping[str, Mapping[str, Optional[str]]]


def read(top: Path = REPOSITORY) -> Table:
    """What @top/patches/blobs says.  Raises TestbedError."""
    found: dict[str, dict[str, Optional[str]]] = {}
    try:
        text = (top / FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return found
    except (OSError, UnicodeError) as err:
        raise TestbedError(f"cannot read {FILE}: {err}; restore it from git") from None
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        blob, path, *releases = line.split() + [""] * 2
        for release in filter(None, releases):
            found.setdefault(release, {})[path] = None if blob == _NONE else blob
    return found


def name_of(data: bytes) -> str:
    """What git calls the blob @data."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def made(trees: Sequence[tuple[str, Path]]) -> str:
    """The table for the releases @trees, oldest first."""
    patches = patching.every()
    rows: dict[tuple[str, str], list[str]] = {}
    for path in sorted((patching.paths(patches) | patching.looked_at(patches)) - {_MAKEFILE}):
        for release, tree in trees:
            data = beneath.blob_at(tree, path)
            rows.setdefault((path, _NONE if data is None else name_of(data)),
                            []).append(release)
    return _HEAD + "".join(f"{blob} {path} {' '.join(releases)}\n"
                           for (path, blob), releases in rows.items())


def write(trees: Sequence[tuple[str, Path]], top: Path = REPOSITORY) -> Path:
    """Make patches/blobs in @top anew; its path.  Raises TestbedError, OSError."""
    lock.write(top / FILE, made(trees).encode())
    return top / FILE


def trees(kdir: Path, version: str, paths: set[str], folder: Path,
          table: Optional[Table] = None) -> Iterator[Path]:
    """The files @paths of each release of which the git of @kdir has them all, in a new
    folder below @folder; the release that is nearest to @version first.

    @table: see read().  Raises TestbedError.
    """
    table = read() if table is None else table
    wanted = paths - {_MAKEFILE}
    try:
        theirs = gitrepo.Theirs(kdir)
    except UsageError:
        return
    shutil.rmtree(folder, ignore_errors=True)
    for release in patching.by_distance(list(table), version):
        known = table[release]
        if not wanted <= known.keys():
            continue
        top = folder / release
        top.mkdir(parents=True)
        major, minor = release.split(".")[:2]
        (top / _MAKEFILE).write_text(f"VERSION = {major}\nPATCHLEVEL = {minor}\n",
                                     encoding="ascii")
        for path in sorted(wanted):
            blob = known[path]
            if blob is None:
                continue
            data = theirs.blob(blob)
            # What git says instead, such as a warning, is no such blob.
            if data is None or name_of(data) != blob:
                break
            (top / path).parent.mkdir(parents=True, exist_ok=True)
            (top / path).write_bytes(data)
        else:
            yield top
