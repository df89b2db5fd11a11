# SPDX-License-Identifier: GPL-2.0
"""Keep the cache from growing for ever.

What is kept between runs is a folder with a lock in it, and to take the lock marks the
folder as used.  What nobody has used for long goes away; what is in use never does.  If
it still is more than the user wants to spare, what was used longest ago goes as well.
"""

from __future__ import annotations

import contextlib
import math
import os
import shutil
import time
from pathlib import Path
from typing import Any, Mapping, Optional, Sequence

from ..errors import UsageError
from ..ui.console import Console
from . import lock, proc

_DAY = 24 * 60 * 60
# After so many days without use a folder goes in any case, in seconds.
AGE = 14 * _DAY
# Those beyond the newest go as soon as a run is sure to be over, in seconds.
RECENT = _DAY
# The folders of the cache that grow, and how many of the newest each keeps.
KEPT = {"state": 12, "git": 8, "test-history": 2}
# So much may all of it hold, in GiB, unless MMTB_CACHE_MAX says otherwise; ccache has a
# limit of its own.
MOST = 30.0
_GIB = 1 << 30
# A folder that is used again and again is measured anew after so long, in seconds.
_STALE = 60 * 60
# What a folder that is being removed is called.
_GONE = ".gone"


def used(folder: Path) -> Optional[float]:
    """When @folder was last used, in seconds since the epoch; None if it is not ours."""
    try:
        return (folder / "lock").stat().st_mtime
    except OSError:
        return None


def wanted(folder: Path) -> bool:
    """True if the private repository @folder holds a bisection that is not finished: it
    is gone on with whenever that may be, and cost hours perhaps."""
    known = lock.read_json(folder / "bisect.json")
    return isinstance(known, dict) and not known.get("finished", True) and \
        bool(known.get("ends") or known.get("steps"))


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
    for work in ("work/work", "ccache/work/work", "with/*/work/work"):
        for path in folder.glob(work):
            with contextlib.suppress(OSError):
                path.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def limit() -> float:
    """How much the cache may hold, in bytes.  Raises UsageError."""
    text = os.environ.get("MMTB_CACHE_MAX", "") or str(MOST)
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < math.inf:
        raise UsageError(f"MMTB_CACHE_MAX={text} is no number of GiB; 0 means no limit")
    return value * _GIB if value else math.inf


def sizes(cache: Path, folders: Sequence[Path], now: float) -> dict[Path, int]:
    """What each of @folders of @cache holds, in bytes.

    To look takes time: it is remembered, for as long as nobody uses a folder, and for a
    while if somebody does.
    """
    record = cache / "sizes.json"
    data: Any = lock.read_json(record)
    known: dict[str, Any] = data if isinstance(data, dict) else {}
    kept: dict[str, list[float]] = {}
    unknown = []
    for folder in folders:
        name, when = str(folder.relative_to(cache)), used(folder) or 0.0
        old = known.get(name)
        if isinstance(old, list) and len(old) == 3 and \
           (old[1] == when or 0 <= now - old[2] < _STALE):
            kept[name] = old
        else:
            unknown.append(folder)
            kept[name] = [0, when, now]
    if unknown:
        done = proc.run(["du", "-s", "-B1", "--", *map(str, unknown)])
        for line in done.output.splitlines():
            size, _, path = line.partition("\t")
            if size.isdigit() and Path(path) in unknown:
                kept[str(Path(path).relative_to(cache))][0] = int(size)
        lock.write_json(record, kept)
    return {folder: int(kept[str(folder.relative_to(cache))][0]) for folder in folders}


def shrink(cache: Path, most: float, console: Console) -> None:
    """Bring @cache down to @most bytes: what was used longest ago goes first.

    What was used last stays in any case, as do the sources.
    """
    if most == math.inf:
        return
    times = {path: when for name in KEPT for path in sorted((cache / name).glob("*"))
             if (when := used(path)) is not None and not wanted(path)}
    held = sizes(cache, [*times, *sorted(cache.glob("src/*/tree-*"))], time.time())
    total = sum(held.values())
    if total <= most:
        return
    console.begin(f"the cache holds {total / _GIB:.1f} GiB, and may hold "
                  f"{most / _GIB:g} (MMTB_CACHE_MAX): removing what was used longest ago")
    count = 0
    for folder in sorted(times, key=lambda path: times[path])[:-1]:
        if total <= most:
            break
        if remove(folder, times[folder]):
            count += 1
            total -= held[folder]
            console.progress(f"{total / _GIB:.1f} GiB left")
    console.end(f"{count} folder{'' if count == 1 else 's'}")
    if total > most:
        console.note(f"the cache still holds {total / _GIB:.1f} GiB: the sources, and what "
                     "is in use or was used last")


def clear(cache: Path, console: Console) -> None:
    """Remove what is due in @cache.  Nothing that goes wrong with that matters.

    Raises UsageError if it is not clear how much the cache may hold.
    """
    most = limit()
    _clear_old(cache, console)
    with contextlib.suppress(OSError):
        shrink(cache, most, console)


def _clear_old(cache: Path, console: Console) -> None:
    todo: list[tuple[Path, float]] = []
    rests: list[Path] = []
    now = time.time()
    for name, keep in KEPT.items():
        times: dict[Path, float] = {}
        for path in sorted((cache / name).glob("*")):
            when = used(path)
            if path.name.startswith(".") and path.name.endswith(_GONE):
                rests.append(path)
            elif when is not None and not wanted(path):
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
