# SPDX-License-Identifier: GPL-2.0
"""Which fixes of the code under test a tree lacks."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Callable, Optional, Sequence

from ..errors import TestbedError
from ..host import beneath
from ..model import known
from . import patching

How = Callable[[Path, Sequence[Path], Path], patching.Applied]


def missing(tree: Path, scratch: Path, how: Optional[How] = None,
            groups: Sequence[str] = ()) -> tuple[set[str], list[str]]:
    """(the fixes that @tree lacks, by name; what is to be said of those that do not fit).

    A fix that does not fit, but says itself that the tree needs it, counts as missing.
    @scratch: an empty folder.  @how: applies the series, if it is not patching.apply().
    @groups: go in as well.  Raises TestbedError if the series without fixes does not fit.
    """
    def lacking(taken: Sequence[patching.Taken]) -> set[str]:
        return {each.patch for each in taken if each.how in ("exactly", "loosely", "merged")}

    ours = patching.ours(groups=groups)
    fixes = [patch for patch in ours if patch.parent.name == known.GROUP]
    others = [patch for patch in ours if patch not in fixes]
    (scratch / "all").mkdir()
    with contextlib.suppress(TestbedError):
        found = lacking((how or patching.apply)(tree, ours, scratch / "all").taken)
        return {patching.name_of(fix) for fix in fixes} & found, []
    there: set[str] = set()
    notes: list[str] = []
    for number, fix in enumerate(fixes):
        (scratch / str(number)).mkdir()
        name = patching.name_of(fix)
        try:
            there |= lacking(patching.apply(tree, [*others, fix], scratch / str(number)).taken[-1:])
        except TestbedError as err:
            def read(path: str) -> Optional[bytes]:
                return beneath.blob_at(tree, path)

            if (fix / patching.NEEDED).is_file() and patching.holds(fix / patching.NEEDED, read):
                there.add(name)
            else:
                notes.append(f"whether this tree needs {name} cannot be told: {err.message}")
    return there, notes
