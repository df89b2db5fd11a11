# SPDX-License-Identifier: GPL-2.0
"""Three versions of one file, made one."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from ..host import proc
from ..host.beneath import Blob, blob


def merge(ours: Optional[Blob], base: Optional[Blob], theirs: Optional[Blob],
           scratch: Path) -> Optional[Blob]:
    """What @theirs makes of @base, made of @ours.  Raises ValueError if unclear."""
    if same(base, theirs) or same(ours, theirs):
        return ours
    if same(ours, base):
        return theirs
    if ours is None or base is None or theirs is None or \
       any(each.is_link for each in (ours, base, theirs)):
        raise ValueError("the file is not there" if ours is None else "conflict")
    names = []
    for name, data in (("ours", ours), ("base", base), ("theirs", theirs)):
        (scratch / name).write_bytes(data)
        names.append(name)
    done = proc.run(["git", "merge-file", "-q", *names], cwd=scratch)
    if done.code != 0:
        raise ValueError("conflict")
    mode = theirs.mode if theirs.mode != base.mode else ours.mode
    return blob((scratch / "ours").read_bytes(), mode)


def same(one: Optional[Blob], other: Optional[Blob]) -> bool:
    """True if both are the same file, or none."""
    return one is other if one is None else one.same(other)
