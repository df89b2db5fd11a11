# SPDX-License-Identifier: GPL-2.0
"""The kernel without a bug: what others are made from, and compared with."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from pathlib import Path
from typing import Callable, Iterator, Mapping, Optional, Sequence

from ..boot import children, due_reports, runner
from ..errors import Refused, TestbedError
from ..kernel import build, offshoots
from ..kernel.source import Source
from ..kernel.workshop import Workshop
from ..model.cases import Case
from ..model.outcomes import Name, Outcome, Results, Status
from ..model.repository import suite_files
from ..ui.console import Console


class Bare:
    """The kernel that @shop builds, with the cases @known.

    @what: needs it: "controls", "mutants".
    @outcomes: what becomes of the cases with no bug in it.
    @red, @skipped: those that fail, and that are skipped.
    """

    def __init__(self, shop: Workshop, console: Console, known: Mapping[Name, Case],
                 what: str) -> None:
        self.outcomes: Mapping[Name, Outcome] = {}
        self.red: set[Name] = set()
        self.skipped: set[Name] = set()
        self._shop = shop
        self._console = console
        self._known = known
        self._what = what

    def source(self) -> Source:
        """Where it comes from.  Raises TestbedError if this host is not enough."""
        origin = self._shop.source()
        if not self._shop.isolation.mounts:
            raise TestbedError("the host allows no mounts of our own, which "
                               f"{self._what} need; run as root, or allow user namespaces")
        return origin

    @contextlib.contextmanager
    def built(self, origin: Source, jobs: int) -> Iterator[tuple[offshoots.Base, Path]]:
        """(the kernel, a copy of its binary): unchanged while this is open.

        @jobs: offshoots that are made at a time.  Raises TestbedError.
        """
        shop = self._shop
        work, plan = shop.work_tree(origin, True)
        with shop.locked(work):
            wanted = shop.patched(origin, shop.patches(), "patched",
                                  suite_files())
            try:
                with work.mounted():
                    kernel = build.Builder(work, plan, self._console).kernel(wanted)
                    copy = shop.folder / "linux"
                    build.take(kernel.path, copy)
            except Refused as err:
                raise TestbedError(f"{err.message}, which {self._what} need; run as root, "
                                   "or give it a tree of your own") from None
            each = max(1, (os.cpu_count() or 1) // jobs)
            yield offshoots.Base(work, replace(plan, jobs=each), kernel.sha,
                                 kernel.inputs), copy

    def opened(self, how: runner.Options, note: Optional[Callable[[str], None]] = None,
               apart: bool = True) -> contextlib.AbstractContextManager[runner.Runner]:
        """What runs cases as @how says.

        @note: is told what the user should know.
        @apart: cases that have to end in a report get a boot each.
        """
        return children.open_runner(
            how, lambda outcome: None, due_reports.wanted(self._known) if apart else None,
            note or (lambda text: None), not self._shop.opts.children)

    def check(self, results: Results) -> None:
        """A case that is red without a bug cannot be turned red by one.

        Raises TestbedError if the kernel misbehaves.
        """
        def those(holds: Callable[[Outcome], bool]) -> set[Name]:
            return {found.key for found in results.outcomes.values() if holds(found)}

        self.outcomes = results.outcomes
        self.red = those(lambda found: not found.status.good)
        self.skipped = those(lambda found: found.status is Status.SKIPPED)
        for suite, case in sorted(self.red):
            self._console.note(f"{suite}.{case} fails without any control; it proves "
                               "nothing here")
        if results.troubles:
            raise TestbedError("the kernel misbehaves without any control: "
                               f"{results.troubles[0].what}; see scripts/run.sh")

    def judged(self, names: Sequence[Name], but: set[Name] = frozenset()  # type: ignore
               ) -> list[Name]:
        """Those of @names, without @but, that a bug could turn red."""
        return [name for name in names if name not in self.red | self.skipped | but]
