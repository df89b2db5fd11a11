# SPDX-License-Identifier: GPL-2.0
"""What comes of cases: an outcome for each, and the reports of the kernel in it."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Optional

Name = tuple[str, str]          # suite, case
# In a line that a case prints for a table of the documentation.
ROW = ": row: "


@dataclass
class Splat:
    """One report of the kernel.

    @kind: one of guards.KINDS.
    @title: its first line that says something.
    @lines: as much of it as is worth quoting.
    @where: function, and file and line if they are known.
    @fatal: the kernel went down with it.
    """

    kind: str
    title: str
    lines: list[str] = field(default_factory=list)
    where: str = ""
    fatal: bool = False


class Status(enum.Enum):
    """How a case came out."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    CRASHED = "crashed"
    HUNG = "hung"
    MISSING = "missing"
    KNOWN = "known"             # to fail, by a bug that this kernel has

    @property
    def good(self) -> bool:
        """True if it does not fail the run."""
        return self in (Status.PASSED, Status.SKIPPED, Status.KNOWN)


@dataclass
class Outcome:
    """What became of one case.

    @seconds: from the result before it to its own, on the host's clock.
    @reason: why it was skipped, or what is wrong in one line.
    @output: what it printed.
    @splats: reports of the kernel while it ran.
    @expected: those that had to come, and do not count against it.
    @seed: that its child was given, if it had one.
    """

    suite: str
    name: str
    status: Status
    seconds: float = 0.0
    reason: str = ""
    output: list[str] = field(default_factory=list)
    splats: list[Splat] = field(default_factory=list)
    expected: list[Splat] = field(default_factory=list)
    seed: Optional[int] = None

    @property
    def key(self) -> Name:
        """(suite, case)."""
        return (self.suite, self.name)


@dataclass
class Trouble:
    """Something wrong with the run that no case is to blame for."""

    what: str
    splats: list[Splat] = field(default_factory=list)


@dataclass
class Results:
    """What came out of one round over all cases.

    @boots: that it took.  @children: of them, or of earlier ones.
    @notes: what the user should know, and nobody is to blame for.
    @consoles: SHA-256 of what a case's child has printed.
    """

    outcomes: dict[Name, Outcome] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    version: str = ""
    seconds: float = 0.0
    boots: int = 0
    children: int = 0
    notes: list[str] = field(default_factory=list)
    consoles: dict[Name, str] = field(default_factory=dict)
