# SPDX-License-Identifier: GPL-2.0
"""Why a hunk does not fit, for whoever has to make it fit."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Sequence

from ..errors import TestbedError
from ..host import beneath

# So many files beside the one in question are looked into.
_MOST = 400


def _lines(data: bytes) -> set[str]:
    return set(data.decode("utf-8", "surrogateescape").splitlines())


def _beside(tree: Path, path: str) -> list[str]:
    """The files of the kind of @path in its folder below @tree."""
    folder, name = os.path.split(path)
    try:
        names = sorted(os.listdir(tree / folder))
    except OSError:
        return []
    kind = os.path.splitext(name)[1]
    return [os.path.join(folder, other) for other in names
            if other != name and os.path.splitext(other)[1] == kind][:_MOST]


def hint(tree: Path, path: str, now: bytes, old: Sequence[str]) -> list[str]:
    """What has become of the lines @old, which a hunk looks for in @path, of which @tree
    holds @now."""
    held = _lines(now)
    gone = [line for line in old if line.strip() and line not in held]
    if not gone:
        return [f"{path} has each of its lines, but not together: something has come in between"]
    more = f", nor {len(gone) - 1} more of the hunk" if len(gone) > 1 else ""
    found = [f'{path} has no line "{gone[0].strip()}"{more}']
    for other in _beside(tree, path):
        try:
            data = beneath.blob_at(tree, other)
        except TestbedError:
            continue
        if data is not None and _lines(data).issuperset(gone):
            found.append(f"{other} has all of that: the code has moved there")
    return found
