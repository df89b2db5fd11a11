# SPDX-License-Identifier: GPL-2.0
"""Keep the cache from growing for ever.

What is kept between runs is a folder with a lock in it, and to take the lock marks the
folder as used.  What nobody has used for long goes away; what is in use never does.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from pathlib import Path
from typing import Mapping, Optional

from . import lock
from .report import Console

_DAY = 24 * 60 * 60
# After so many days without use a folder goes in any case, in seconds.
AGE = 14 * _DAY
# Those beyond the newest go as soon as a run is sure to be over, in seconds.
RECENT = _DAY
# The folders of the cache that grow, and how many of the newest each keeps.
KEPT = {"state": 12, "git": 8, "test-history": 2}
# What a folder that is being removed is called.
_GONE = ".gone"


def used(folder: Path) -> Optional[float]:
    """When @folder was last used, in seconds since the epoch; None if it is not ours."""
    try:
        return (folder / "lock").stat().st_mtime
    except OSError:
        return None


def due(times: Mapping[Path, float], keep: int, now: float) -> list[Path]:
    """Those of the folders last used at @times that are to go, the oldest first."""
    newest = sorted(times, key=lambda folder: times[folder], reverse=True)
    return [folder for number, folder in reversed(list(enumerate(newest)))
            if now - times[folder] > (AGE if number < keep else RECENT)]


def remove(folder: Path, when: Optional[float] = None) -> bool:
    """Remove @folder; False if it is in use, or was used at another time than @when.

    It vanishes in one step: nobody finds half of it, even if we are killed.
    """
    try:
        with lock.taken(folder / "lock"):
            if when is not None and used(folder) != when:
                return False
            gone = folder.with_name(f".{folder.name}.{os.getpid()}{_GONE}")
            folder.rename(gone)
    except OSError:
        return False
    _delete(gone)
    return True


def _delete(folder: Path) -> None:
    # overlayfs shuts out whom it has no need of.
    with contextlib.suppress(OSError):
        (folder / "work" / "work").chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def clear(cache: Path, console: Console) -> None:
    """Remove what is due in @cache.  Nothing that goes wrong with that matters."""
    todo: list[tuple[Path, float]] = []
    rests: list[Path] = []
    now = time.time()
    for name, keep in KEPT.items():
        times: dict[Path, float] = {}
        for path in sorted((cache / name).glob("*")):
            when = used(path)
            if path.name.startswith(".") and path.name.endswith(_GONE):
                rests.append(path)
            elif when is not None:
                times[path] = when
        todo += [(path, times[path]) for path in due(times, keep, now)]
    if not todo and not rests:
        return
    console.begin("removing from the cache what has long not been used")
    for rest in rests:
        _delete(rest)
    count = 0
    for path, when in todo:
        count += remove(path, when)
        console.progress(f"{count} of {len(todo)}")
    console.end(f"{count} folder{'' if count == 1 else 's'}")
