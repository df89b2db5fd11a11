# SPDX-License-Identifier: GPL-2.0
"""A commit as a check may use it: its files, its build, and the checkers of the base."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path
from typing import Callable, Optional, Sequence

from ..history.trial import Trial
from ..host import proc
from ..kernel import offshoots, planning, tree
from ..kernel.source import Source
from .checkers import Checkers
from .checks import Place


class Places:
    """Makes them, for commits that @trial builds."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial
        self._checkers: Optional[Checkers] = None

    def own_mounts(self) -> None:
        """For each thread that uses a place."""
        if self._trial.shop.isolation.mounts:
            offshoots.own_mounts()

    def at(self, commit: str, origin: Source, base: str) -> Callable[[str], Place]:
        """For the name of a check: the commit, which has just been built, as that check
        may use it.

        @base: of the series, whose checkers judge.
        """
        shop, ours = self._trial.shop, self._trial.ours
        work, plan = shop.work_tree(origin, shop.overlay)
        built_here = offshoots.Base(work, plan, "")
        store = work.build_store()

        def built(path: str) -> bool:
            folder, _, name = path.rpartition("/")
            return (store / folder / f".{name[:-2]}.o.cmd").exists()

        numbers = itertools.count(1)
        if self._checkers is None:
            self._checkers = Checkers(ours, base, shop.folder / "checkers")
        checkers = self._checkers
        view = checkers.over(ours.tree, commit)

        def place(name: str) -> Place:
            scratch = shop.folder / "checks" / f"{name.replace('=', '')}-{next(numbers)}"
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir(parents=True)

            def make(words: Sequence[str]) -> proc.Done:
                return _make(built_here, checkers, commit, scratch, words)

            def confined(words: Sequence[str], folder: Path) -> proc.Done:
                return checkers.run(words, ours.tree, scratch, folder)

            return Place(commit, ours.tree, scratch, built,
                         make if shop.overlay else None, view, confined)
        return place


def _make(base: offshoots.Base, checkers: Checkers, commit: str, scratch: Path,
          words: Sequence[str]) -> proc.Done:
    """make @words in a throw-away copy of the build."""
    with offshoots.opened(base, scratch / "offshoot"):
        places = base.tree.places
        checkers.lay(commit, places.src)
        done = planning.confined(base.plan, places,
                                 planning.make(base.plan, places.build, *words))
    shutil.rmtree(scratch / "offshoot", ignore_errors=True)
    return proc.Done(done.code, tree.plain(done.output))
