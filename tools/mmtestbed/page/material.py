# SPDX-License-Identifier: GPL-2.0
"""What a page is made of: the JSON that the commands write, told apart by what is in it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Mapping, Sequence

from ..errors import UsageError

# What tells one kind from another: a key that no other has.
_KINDS = (("controls", "controls"), ("mutants", "mutants"), ("figures", "measurements"),
          ("programs", "schedules"), ("hunts", "schedules"), ("replay", "schedules"),
          ("functions", "coverage"), ("cases", "run"))


@dataclass(frozen=True)
class Material:
    """One file.

    @kind: "run", "controls", "mutants", "measurements", "schedules", "coverage".
    """

    kind: str
    path: Path
    data: Mapping[str, Any]

    @property
    def commit(self) -> str:
        """Of the project, in short; with a + if it was changed."""
        made = self.data.get("testbed") or {}
        return f"{str(made.get('commit', ''))[:8] or 'unknown'}" \
               f"{'+' if made.get('changed') else ''}"

    @property
    def date(self) -> str:
        """When it was run."""
        return str((self.data.get("testbed") or {}).get("date", "unknown date"))

    @property
    def kernel(self) -> str:
        """'6.12.117 plain'."""
        return f"{self.data.get('kernel_version') or 'no kernel'} " \
               f"{self.data.get('variant', '')}".strip()

    @property
    def suites(self) -> str:
        """Names the suites that it ran."""
        return str((self.data.get("testbed") or {}).get("suites", ""))

    def about(self) -> str:
        """Where it is from, for people."""
        return f"Linux {self.kernel}, commit {self.commit}, {self.date}"


@dataclass
class Shelf:
    """All that a page is made of, in the order in which it was named.

    @suites: today's, to say what is of others.
    """

    found: list[Material] = field(default_factory=list)
    suites: str = ""

    def of(self, kind: str) -> list[Material]:
        """Those of @kind."""
        return [each for each in self.found if each.kind == kind]

    def runs(self) -> list[Material]:
        """Runs: the last of each kernel and variant."""
        return list({each.kernel: each for each in self.of("run")}.values())

    def old(self, each: Material) -> bool:
        """True if @each is of other suites than today's."""
        return bool(self.suites) and each.suites != self.suites


def read(path: Path) -> list[Material]:
    """What is in @path: one, or the runs of run --all.  Raises UsageError."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as err:
        raise UsageError(f"cannot read {path}: {err.strerror}") from None
    except ValueError as err:
        raise UsageError(f"{path} is no JSON: {err}") from None
    if isinstance(value, dict) and isinstance(value.get("runs"), list):
        return [Material("run", path, each["report"]) for each in value["runs"]
                if isinstance(each, dict) and isinstance(each.get("report"), dict)]
    for key, kind in _KINDS:
        if isinstance(value, dict) and isinstance(value.get(key), (list, dict)):
            return [Material(kind, path, value)]
    raise UsageError(f"{path} is not what one of the commands writes with --json")


def shelf(files: Sequence[Path], suites: str) -> Shelf:
    """All of @files.  Raises UsageError."""
    return Shelf([each for path in files for each in read(path)], suites)
