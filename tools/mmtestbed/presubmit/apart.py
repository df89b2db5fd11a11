# SPDX-License-Identifier: GPL-2.0
"""What is measured of a series by runs of their own, on the tree that is checked out."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Callable, Mapping, Sequence

from ..errors import Exit, TestbedError
from ..git.gitrepo import Ours
from ..history import mutations
from ..history.trial import Trial
from ..host import proc
from ..model.repository import REPOSITORY
from ..ui.console import Console

# Seconds for all programs that are explored, and at least for each.
_EXPLORE = 120
_EACH = 1


class Apart:
    """The runs for @trial.  A run hides our own folder from itself, and so leaves what it
    finds in that of the private clone, @private."""

    def __init__(self, trial: Trial, private: Ours, console: Console) -> None:
        self._trial = trial
        self._private = private
        self._console = console

    def coverage(self, tip: str) -> Callable[[Path], None]:
        """Something that says which lines of @tip run."""
        def cover(target: Path) -> None:
            report = self._private.folder / "coverage"
            shutil.rmtree(report, ignore_errors=True)
            self._run(tip, "running the suites on a kernel that counts", "run.sh", [
                "--fixes", "--variant", "gcov", "--no-html", "--coverage", str(report),
                "--jobs", str(self._trial.shop.opts.jobs)], "no kernel that counts")
            shutil.move(report, target)

        return cover

    def mutants(self, tip: str) -> Callable[[Mapping[str, set[int]], Path], None]:
        """Something that says which mistakes in lines of @tip no case notices."""
        def mutate(lines: Mapping[str, set[int]], target: Path) -> None:
            report = self._private.folder / "mutants.json"
            report.unlink(missing_ok=True)
            self._run(tip, "running the suites on a kernel with mistakes", "mutate.sh",
                      [*mutations.words(lines), *self._variant(), "--json", str(report)],
                      "no kernel with mistakes")
            shutil.move(report, target)

        return mutate

    def _variant(self) -> list[str]:
        """The configuration that has what the series is about: that of its boots."""
        config = self._trial.shop.opts.config
        return [] if config.counts else ["--variant", config.name]

    def schedules(self, tip: str) -> Callable[[Sequence[str], Path], None]:
        """Something that explores programs on @tip."""
        def explore(programs: Sequence[str], target: Path) -> None:
            report = self._private.folder / "schedules.json"
            report.unlink(missing_ok=True)
            each = max(_EACH, _EXPLORE // len(programs))
            self._run(tip, "exploring schedules", "mmt", [
                "explore", "--fixes", "--switches", "2", "--seconds", str(each),
                "--json", str(report), "--jobs", str(self._trial.shop.opts.jobs),
                *programs], "nothing explored")
            shutil.move(report, target)

        return explore

    def _run(self, tip: str, title: str, script: str, words: Sequence[str],
             what: str) -> None:
        """Run @script on @tip.  Raises TestbedError."""
        trial, opts = self._trial, self._trial.shop.opts
        trial.stand_at(trial.ours.commit(tip))
        self._console.begin(title)
        more = ["--kdir", str(trial.ours.tree)]
        if opts.line:
            more += ["--line", opts.line.name]
        if not opts.install:
            more.append("--no-install")
        done = proc.run([str(REPOSITORY / "scripts" / script), *words, *more],
                        tick=lambda: self._console.progress(""))
        if done.code not in (Exit.PASSED, Exit.FAILED):
            self._console.abandon()
            lines = done.output.strip().splitlines() or ["no message"]
            raise TestbedError(f"{what}: {lines[-1]}", lines[-8:])
        self._console.end()
