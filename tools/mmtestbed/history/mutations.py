# SPDX-License-Identifier: GPL-2.0
"""What scripts/mutate.sh says of the lines of a series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable, Mapping, Sequence

from ..kernel.coverage import ranges
from ..proof import mutation
from ..proof.mutation import Mutant, State


@dataclass(frozen=True)
class Found:
    """The mutants that the kernel was built with, by what became of them."""

    killed: Sequence[Mutant]
    survived: Sequence[Mutant]
    unreached: Sequence[Mutant]


def words(lines: Mapping[str, Iterable[int]]) -> list[str]:
    """--lines for scripts/mutate.sh."""
    found = []
    for path, numbers in sorted(lines.items()):
        found += ["--lines", f"{path}:{ranges(sorted(numbers)).replace(' ', ',')}"]
    return found


def read(report: Any) -> Found:
    """What became of the mutants in the JSON @report.  Raises TestbedError."""
    fates = mutation.fates_from_json(report)

    def those(state: State) -> list[Mutant]:
        return [fate.mutant for fate in fates if fate.state is state]

    return Found(those(State.KILLED), those(State.SURVIVED), those(State.UNREACHED))
