# SPDX-License-Identifier: GPL-2.0
"""The tree's own checkers, as they were before the series: a patch does not choose what
it is checked by, nor what runs on the machine of whoever checks it."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import Sequence

from ..errors import TestbedError
from ..git.gitrepo import Ours
from ..host import beneath, confine, proc

# Where kernels of different ages have them, and what they are made of.
PLACES = ("scripts", "tools/docs", "tools/lib/python")
# What make is told to run by its path in the tree.
_RUN_BY_MAKE = ("scripts/coccicheck", "scripts/coccinelle")


def graft(tree: Path, base: Path, places: Sequence[str], target: Path) -> None:
    """Make the new folder @target look like @tree, but for @places: these are like in
    @base."""
    target.mkdir()
    heads = {place.partition("/")[0] for place in places}
    for name in os.listdir(tree):
        if name not in heads and name != ".git":
            (target / name).symlink_to(tree / name)
    for head in sorted(heads):
        rest = [place.partition("/")[2] for place in places
                if place.partition("/")[0] == head]
        if "" in rest:
            if (base / head).exists():
                (target / head).symlink_to(base / head)
        elif (tree / head).is_dir():
            graft(tree / head, base / head, rest, target / head)


class Checkers:
    """Those of the commit @base of @ours, in @folder, which is new."""

    def __init__(self, ours: Ours, base: str, folder: Path) -> None:
        """Raises TestbedError if git does not hand them out."""
        self._ours = ours
        self._base = base
        self._folder = folder
        self.files = folder / "base"
        self.files.mkdir(parents=True)
        there = [place for place in PLACES
                 if ours.run("cat-file", "-e", f"{base}:{place}").code == 0]
        if there:
            archive = folder / "base.tar"
            ours.git("archive", "--format=tar", "-o", str(archive), base, "--", *there)
            done = proc.run(["tar", "-C", str(self.files), "--no-same-owner", "-xf",
                             str(archive)])
            if done.code != 0:
                raise TestbedError("cannot unpack the checkers of the base",
                                   done.output.splitlines()[-3:])
            archive.unlink()

    def over(self, tree: Path, name: str) -> Path:
        """A folder that looks like @tree, with the checkers of the base in it."""
        target = self._folder / name
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(target)
        graft(tree, self.files, PLACES, target)
        return target

    def run(self, words: Sequence[str], tree: Path, scratch: Path,
            folder: Path) -> proc.Done:
        """Run the checker @words, confined, in @folder: it sees @tree, and what over()
        has made, and writes to @scratch alone."""
        with confine.cage([tree, self._folder], [scratch]) as cage:
            return proc.run(words, cwd=folder, env=confine.environment(), cage=cage)

    def lay(self, commit: str, src: Path) -> None:
        """Put those that make runs into @src, a private tree of @commit."""
        for path in self._ours.differing(self._base, commit, _RUN_BY_MAKE):
            content = beneath.blob_at(self.files, path)
            if content is None:
                beneath.remove(src, path)
            else:
                beneath.put_blob(src, path, content)
