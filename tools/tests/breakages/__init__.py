# SPDX-License-Identifier: GPL-2.0
"""Mistakes in the tools that the tests have to notice.

    cd tools && python3 -m tests.breakages [PATTERN]...

makes them, one at a time, in a copy of the repository, and says which tests stay green.
commands.py and later.py have those for the tests of whole commands (tests/e2e, with the
fake kernel), modules.py, more.py and proof.py those for tests of single modules.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Breakage:
    """One mistake.

    @tests: those that notice, separated by blanks, below the tests that the table is for.
    @file: where it is, below tools/mmtestbed; below the repository with a "/" in front.
    @old, @new: what is replaced by what.
    @what: what is wrong then, in a few words.
    """

    tests: str
    file: str
    old: str
    new: str
    what: str

    @property
    def path(self) -> str:
        """The file, below the top of the repository."""
        return self.file[1:] if self.file.startswith("/") else f"tools/mmtestbed/{self.file}"

    def broken(self, top: Path) -> str:
        """The text of the file below @top with the mistake.

        Raises ValueError if it does not hold what is replaced, or more than once.
        """
        text = (top / self.path).read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            raise ValueError(f"{self.path} has {text.count(self.old)} times: {self.old}")
        return text.replace(self.old, self.new)
