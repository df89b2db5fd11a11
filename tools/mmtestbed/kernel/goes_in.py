# SPDX-License-Identifier: GPL-2.0
"""Into which kernels does the series go?  A new fix may stop it on a kernel between others."""

from __future__ import annotations

import collections
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Optional, Sequence

from ..errors import TestbedError
from ..git import gitrepo
from . import blobs, patching


@dataclass(frozen=True)
class Kernel:
    """A kernel into which the series has to go: its @version, and the @tree with its files."""

    version: str
    tree: Path


@dataclass(frozen=True)
class Tried:
    """What became of the series on the kernel @version.

    @taken: what became of each patch, with the fixes.
    @error: what stopped it; None if it went in.
    """

    version: str
    taken: Sequence[patching.Taken]
    error: Optional[TestbedError] = None

    def ways(self) -> str:
        """How many patches went in how, and which of them loosely: those are to be read."""
        number = collections.Counter(each.how for each in self.taken)
        loosely = [each.patch for each in self.taken if each.how == "loosely"]
        return ", ".join(f"{many} {how}" for how, many in sorted(number.items())) + \
            (f" ({' '.join(loosely)})" if loosely else "")


def releases(git: Path, table: blobs.Table, folder: Path) -> Iterator[Kernel]:
    """The releases of @table of which the repository @git has all files that the series sees;
    these are written below @folder.

    Raises TestbedError.
    """
    patches = patching.ours()
    paths = patching.paths(patches) | patching.looked_at(patches)
    gitrepo.Theirs(git)         # blobs.trees() would take it for a tree without git
    for release, known in table.items():
        for tree in blobs.trees(git, release, paths, folder / release, {release: known}):
            yield Kernel(release, tree)


def one(kernel: Kernel) -> Tried:
    """Put the series into the files of @kernel, with the fixes and, as runs do, without.

    Nothing is merged: the series has to have a variant for each of these kernels, for who
    has no other kernel at hand.
    """
    taken: Sequence[patching.Taken] = ()
    for fixes in (False, True):
        with tempfile.TemporaryDirectory() as scratch:
            try:
                taken = patching.apply(kernel.tree, patching.ours(fixes), Path(scratch)).taken
            except TestbedError as err:
                return Tried(kernel.version, (), err)
    return Tried(kernel.version, taken)
