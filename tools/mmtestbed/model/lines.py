# SPDX-License-Identifier: GPL-2.0
"""The kernels that we support.

A new line is an entry in LINES and a folder patches/<name>/ with a series.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

Version = tuple[int, int]


@dataclass(frozen=True)
class Line:
    """One supported kernel.

    @name: what --line and the folder under patches/ are called.
    @first, @last: the versions (major, minor) that the series is made for.
    @package: Debian's package with the source; it holds /usr/src/<package>.tar.xz.
        A * stands for the minor version: the newest counts.
    @suite: of Debian's archive that has it, if that of the machine may lack it.
    @lacks: (variant, why this line cannot have it).
    """

    name: str
    first: Version
    last: Version
    package: str
    suite: str = ""
    lacks: tuple[tuple[str, str], ...] = ()

    def covers(self, version: Version) -> bool:
        """True if the series of this line was made for @version."""
        return self.first <= version <= self.last

    def minor(self, package: str) -> int:
        """What stands in @package for the * of ours; -1 if it is another package.

        0 for our very package if it has no *.
        """
        pattern = re.escape(self.package).replace(r"\*", r"(\d+)")
        match = re.fullmatch(pattern, package)
        return int((match.groups() or ("0",))[0]) if match else -1

    def distance(self, version: Version) -> int:
        """How far @version is away, in releases (a major counts 20)."""
        def number(v: Version) -> int:
            return 20 * v[0] + v[1]

        if self.covers(version):
            return 0
        return min(abs(number(version) - number(end))
                   for end in (self.first, self.last))


LINES = (
    Line("6.12", (6, 12), (6, 12), "linux-source-6.12",
         lacks=(("smp", "User-Mode Linux 6.12 has no SMP"),)),
    Line("7.x", (7, 0), (7, 19), "linux-source-7.*", suite="trixie-backports"),
)
DEFAULT = LINES[0]


def by_name(name: str) -> Line:
    """The line called @name.  Raises KeyError."""
    return {line.name: line for line in LINES}[name]


def nearest(version: Version) -> Line:
    """The line for @version: the one that covers it, else the nearest."""
    return min(LINES, key=lambda line: line.distance(version))
