# SPDX-License-Identifier: GPL-2.0
"""The kernels that we support.

A new line is an entry in LINES and a folder patches/<name>/ with a series.
"""

from __future__ import annotations

from dataclasses import dataclass

Version = tuple[int, int]


@dataclass(frozen=True)
class Line:
    """One supported kernel.

    @name: what --line and the folder under patches/ are called.
    @first, @last: the versions (major, minor) that the series is made for.
    @package: Debian's package with the source; it holds /usr/src/<package>.tar.xz.
    """

    name: str
    first: Version
    last: Version
    package: str

    def covers(self, version: Version) -> bool:
        """True if the series of this line was made for @version."""
        return self.first <= version <= self.last

    def distance(self, version: Version) -> int:
        """How far @version is away, in releases (a major counts 20)."""
        def number(v: Version) -> int:
            return 20 * v[0] + v[1]

        if self.covers(version):
            return 0
        return min(abs(number(version) - number(end))
                   for end in (self.first, self.last))


LINES = (
    Line("6.12", (6, 12), (6, 12), "linux-source-6.12"),
)
DEFAULT = LINES[0]


def by_name(name: str) -> Line:
    """The line called @name.  Raises KeyError."""
    return {line.name: line for line in LINES}[name]


def nearest(version: Version) -> Line:
    """The line for @version: the one that covers it, else the nearest."""
    return min(LINES, key=lambda line: line.distance(version))
