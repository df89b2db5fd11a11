# SPDX-License-Identifier: GPL-2.0
"""All of the tables, with the full names of the tests."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

from . import Breakage, commands, explore, later, machines, modules, more, people, proof
from . import recipes

__all__ = ["Breakage", "everything", "units"]
_TESTS = Path(__file__).resolve().parents[1]


def units() -> dict[str, str]:
    """The full names of the modules with tests of single modules, by their last part."""
    paths = [path.relative_to(_TESTS) for path in _TESTS.rglob("test_*.py")]
    return {path.stem: ".".join(("tests", *path.with_suffix("").parts))
            for path in paths if path.parts[0] != "e2e"}


def everything() -> Iterator[tuple[Breakage, list[str]]]:
    """Each mistake, and the tests that have to notice it."""
    for entry in (*commands.TABLE, *later.TABLE, *machines.WHOLE, *recipes.WHOLE):
        yield entry, [f"tests.e2e.{test}" for test in entry.tests.split()]
    known = units()
    for entry in (*modules.TABLE, *more.TABLE, *proof.TABLE, *people.TABLE,
                  *explore.TABLE, *machines.TABLE):
        parts = [test.partition(".") for test in entry.tests.split()]
        yield entry, [f"{known.get(module, module)}.{test}" for module, _, test in parts]
