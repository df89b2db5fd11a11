# SPDX-License-Identifier: GPL-2.0
"""How far a build is, and how long it will take."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from . import lock

# How many objects a kernel has, by line and configuration, where none has been built yet;
# and the CPU time that one takes without ccache on a slow machine, in seconds.
_USUAL = {"6.12 plain": 624, "6.12 kasan": 655, "6.12 gcov": 655,
          "7.x plain": 630, "7.x kasan": 640, "7.x gcov": 640, "7.x smp": 640}
_EACH = 0.4
# So many objects have to be there before their own time counts.
_ENOUGH = 10


def objects(build: Path, since: float = 0.0) -> int:
    """How many objects below @build have been made @since that time."""
    found = 0
    for folder, _, names in os.walk(build):
        for name in names:
            if name.endswith(".o"):
                with contextlib.suppress(OSError):
                    path = os.path.join(folder, name)
                    found += not since or os.path.getmtime(path) >= since
    return found


def expected(kept: Path, kernel: str) -> int:
    """How many objects the @kernel, a line and a configuration, had last time.

    @kept: the file that says so.  0 if nobody knows.
    """
    known = lock.read_json(kept)
    count = known.get(kernel) if isinstance(known, dict) else None
    return count if isinstance(count, int) else _USUAL.get(kernel, 0)


def keep(kept: Path, kernel: str, count: int) -> None:
    """Note for expected() that the @kernel has @count objects.  Raises OSError."""
    known = lock.read_json(kept)
    if not isinstance(known, dict) or known.get(kernel) != count:
        lock.write_json(kept, {**(known if isinstance(known, dict) else {}),
                               kernel: count})


@dataclass(frozen=True)
class Progress:
    """Of a build that starts from nothing.

    @expected: objects, 0 if nobody knows.  @jobs: of make.
    """

    expected: int
    jobs: int

    def text(self, done: int, seconds: float) -> str:
        """For people: @done objects have been made, in @seconds."""
        if not self.expected:
            return f"{done} objects" if done else ""
        # There may be more this time; and the link comes behind them all.
        share = min(done / self.expected, 0.99)
        left = (self.expected - done) * _EACH / self.jobs
        if done >= _ENOUGH:
            left = max(self.expected - done, 0) * seconds / done
        return f"{100 * share:.0f} % ({done} of {self.expected} objects), {_about(left)}"


def _about(seconds: float) -> str:
    """@seconds that are left, as exactly as they can be known."""
    if seconds < 15:
        return "some seconds left"
    if seconds < 90:
        return f"about {10 * round(seconds / 10)} s left"
    return f"about {round(seconds / 60)} min left"
