# SPDX-License-Identifier: GPL-2.0
"""ccache for code that is not ours: it may take what others have compiled, but nobody
gets what it says that it has compiled."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
from pathlib import Path
from typing import Optional, TextIO

from ..errors import Refused
from . import confine, ns

# What patches of strangers have compiled is kept for the newest of them, per kernel.
KEPT = 3


class Own:
    """A ccache of a tree's own, for as long as this process lives.

    @common: everybody's.  @state: what is kept for the tree.  @place: a folder to mount
    the two on, one on top of the other.  @scratch: goes away with the run.
    """

    def __init__(self, common: Path, place: Path, scratch: Path,
                 isolation: ns.Isolation) -> None:
        self._common = common
        self._place = place
        self._scratch = scratch
        self._isolation = isolation
        self._locks: list[TextIO] = []
        self._known: dict[Path, Path] = {}

    def folder(self, state: Path) -> Path:
        """CCACHE_DIR for what is kept in @state."""
        if state not in self._known:
            self._known[state] = self._open(state)
        return self._known[state]

    def _open(self, state: Path) -> Path:
        if not self._take(state):
            # Two overlays with one upper folder would confuse each other.
            state = self._scratch / "ccache"
        upper, work = state / "upper", state / "work"
        for folder in (self._common, upper, work):
            folder.mkdir(parents=True, exist_ok=True)
        if not self._isolation.mounts or self._known or confine.as_somebody():
            # What is common belongs to commands that own nothing else.
            return upper
        if self._common.lstat().st_uid in (0, confine.UID):
            confine.give(self._common)
        confine.give(upper)
        try:
            ns.overlay([self._common], upper, work, self._place, self._isolation)
        except Refused:
            return upper
        return self._place

    def _take(self, state: Path) -> bool:
        """Take the lock of @state; False if another run has it."""
        state.mkdir(parents=True, exist_ok=True)
        file = open(state / "lock", "a", encoding="ascii")   # pylint: disable=consider-using-with
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self._locks.append(file)
        return True


def forget(folder: Path, but: Optional[Path] = None) -> None:
    """Remove all but the newest of the folders that Own has kept in @folder."""
    known = []
    for path in folder.glob("*"):
        with contextlib.suppress(OSError):
            known.append(((path / "lock").stat().st_mtime, path))
    for _, path in sorted(known, reverse=True)[KEPT:]:
        if path != but:
            with contextlib.suppress(OSError):
                (path / "work" / "work").chmod(0o700)
            shutil.rmtree(path, ignore_errors=True)
