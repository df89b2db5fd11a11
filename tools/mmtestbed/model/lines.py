# SPDX-License-Identifier: GPL-2.0
"""The kernels that we support.

All get the same series, in which the text of a kernel chooses (kernel/patching.py): a line
says where a source comes from, and what a kernel is called.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

Version = tuple[int, int]


@dataclass(frozen=True)
class Line:
    """One supported kernel.

    @name: what --line calls it.
    @first, @last: the versions (major, minor) that it stands for.
    @package: Debian's package with the source; it holds /usr/src/<package>.tar.xz.
        A * stands for the minor version: the newest counts.
    @suite: of Debian's archive that may have it, if that of the machine lacks it;
        several, with blanks between them.
    @debian: Debian has it.
    @lacks: (variant, why this line cannot have it).
    """

    name: str
    first: Version
    last: Version
    package: str
    suite: str = ""
    debian: bool = True
    lacks: tuple[tuple[str, str], ...] = ()

    def covers(self, version: Version) -> bool:
        """True if @version is of this line."""
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


def _lacks(version: Version) -> tuple[tuple[str, str], ...]:
    name = f"{version[0]}.{version[1]}"
    return (*([("smp", f"User-Mode Linux {name} has no SMP")] if version < (6, 19) else []),
            *([("dax", f"device-dax of {name} maps pages without a reference")]
              if version < (6, 15) else []))


def release(version: Version) -> Line:
    """The line for @version alone."""
    name = f"{version[0]}.{version[1]}"
    return Line(name, version, version, f"linux-source-{name}", _SUITES,
                debian=False, lacks=_lacks(version))


# Where Debian keeps kernels that none of its releases has.
_SUITES = "trixie-backports sid"
LINES = (
    Line("6.12", (6, 12), (6, 12), "linux-source-6.12", lacks=_lacks((6, 12))),
    release((6, 18)),
    Line("7.x", (7, 0), (7, 19), "linux-source-7.*", suite="trixie-backports"),
)
DEFAULT = LINES[0]


def by_name(name: str) -> Line:
    """The line called @name, which may be any release from the first one on.

    Raises KeyError.
    """
    known = {line.name: line for line in LINES}
    match = re.fullmatch(r"(\d+)\.(\d+)", name)
    if name in known or not match:
        return known[name]
    version = (int(match[1]), int(match[2]))
    if version < DEFAULT.first:
        raise KeyError(name)
    return release(version)


def like(line: Line) -> Line:
    """The line nearest to @line that Debian has, perhaps @line itself."""
    return line if line.debian else min((each for each in LINES if each.debian),
                                        key=lambda each: each.distance(line.first))


def nearest(version: Version) -> Line:
    """The line for @version: the one that covers it, else the nearest."""
    return min(LINES, key=lambda line: line.distance(version))
