# SPDX-License-Identifier: GPL-2.0
"""Try controls in one kernel, as far as that goes: a child for each of them and a case."""

from __future__ import annotations

import concurrent.futures
import contextlib
import fnmatch
import os
import shutil
import time
from pathlib import Path
from typing import Callable, Iterator, Mapping, Optional, Protocol, Sequence

from ..boot import children, due_reports, runner, usual
from ..errors import TestbedError
from ..host import proc
from ..kernel import offshoots
from ..kernel.workshop import Workshop
from ..model.cases import Case
from ..model.outcomes import Name
from ..ui import words
from ..ui.console import Console
from . import controls, guardtest, together
from .bare import Bare
from .controls import Control, Kind, Verdict

# After so many crashes and hangs the cases of other contracts are left out.
MOST_BAD = 3


class Wanted(Protocol):
    """What the user has asked for.

    @jobs: controls at a time.  @cpu: seconds after which a case hangs.
    @keep: the logs of the children.
    @fail_fast: stop at the first control that is not killed.
    @named: stop with a control that the cases it names have killed.
    @built_in: no control gets a kernel of its own.
    """

    @property
    def jobs(self) -> int: ...          # pylint: disable=missing-function-docstring
    @property
    def cpu(self) -> int: ...           # pylint: disable=missing-function-docstring
    @property
    def keep(self) -> bool: ...         # pylint: disable=missing-function-docstring
    @property
    def fail_fast(self) -> bool: ...    # pylint: disable=missing-function-docstring
    @property
    def named(self) -> bool: ...        # pylint: disable=missing-function-docstring
    @property
    def built_in(self) -> bool: ...     # pylint: disable=missing-function-docstring


class OneKernel:
    """The kernel with all controls that can be built into it.

    @alone: the controls that cannot, and why.
    @seconds: what time has gone into.
    @took: seconds of the clock and of CPUs that the controls themselves took.
    @guards: looks at the cases that misbehave on purpose, which the kernel then has, too.
    @unguarded: that has found a fault.
    """

    def __init__(self, shop: Workshop, bare: Bare, console: Console,
                 cases: Mapping[Name, Case], chosen: Sequence[Control],
                 wanted: Wanted) -> None:
        self.alone: dict[str, str] = {}
        self.seconds: dict[str, float] = {}
        self.took = (0.0, 0.0)
        self.guards: Optional[guardtest.Command] = None
        self.unguarded = False
        self._shop = shop
        self._bare = bare
        self._console = console
        self._cases = cases
        self._controls = chosen
        self._wanted = wanted

    def run(self, base: offshoots.Base, folder: Path,
            finished: Callable[[Verdict], None]) -> tuple[Sequence[Name], list[Control]]:
        """Build the kernel from @base, and try what is in it; @finished is told of each.

        Returns the cases, and the controls that are left.  The calling thread gets mounts
        of its own.  Raises TestbedError.
        """
        console, chosen = self._console, self._controls
        scratch, kernel = folder / "rules", folder / "together" / "linux"
        for place in (scratch, kernel.parent):
            place.mkdir()
        offshoots.own_mounts()
        with self._step("apply", f"applying {words.count(len(chosen), 'control')}"), \
             offshoots.opened(base, folder / "pristine") as offshoot:
            which = together.plan(chosen, offshoot.src, scratch,
                                  self._shop.cache / "cocci", self._wanted.jobs)
        for found in which.broken:
            finished(found)
        inside = [control for control in chosen if control.name in which.built_in]
        if not inside:
            self._guards_alone(base)
            return self._plain(base, folder), self._left(which)
        try:
            with self._step("build", f"building {words.count(len(inside), 'control')} "
                            "into one kernel"):
                built = together.make(base, which, folder, kernel, os.cpu_count() or 1,
                                      self.guards.symbols if self.guards else None)
        except TestbedError as err:
            if self._wanted.built_in:
                raise
            console.note(f"the kernel with all controls does not build ({err.message}); "
                         "each gets a kernel of its own")
            return self._plain(base, folder), self._left(which, inside)
        begin, spent = time.monotonic(), proc.cpu_seconds()
        how = self._how(kernel, folder / "boots")
        with proc.threads(how.servers, last=False) as pool, \
             self._bare.opened(how, console.note) as boots:
            every = boots.cases("")
            names = [name for name in every
                     if not fnmatch.fnmatch(name[0], guardtest.GLOB)]
            if not isinstance(boots, children.Children):
                self._bare.check(boots.round(names, "", pool))
                return names, self._left(which, inside)
            trial = together.Trial(boots, built, self._cases, names, MOST_BAD)
            with self._step("bare", "running all cases with no control chosen"):
                self._bare.check(trial.bare(pool))
            inside = [control for control in chosen if control.name in which.built_in]
            with self._step("children", f"{words.count(len(inside), 'control')} in one "
                            "kernel"):
                self._try(inside, trial, names, pool, finished)
            took = time.monotonic() - begin
            if self.guards:
                begin = time.monotonic()
                self.unguarded = bool(self.guards.look(kernel, boots, pool))
                self.seconds["guards"] = time.monotonic() - begin
        # A kernel that forks children counts what they took when it ends.
        self.took = (took, proc.cpu_seconds() - spent)
        if self._wanted.keep:
            kept = base.tree.places.state / "kept-controls" / "together"
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(folder / "boots", kept)
            shutil.copy(kernel, kept)
        return names, self._left(which)

    def _guards_alone(self, base: offshoots.Base) -> None:
        """The cases that misbehave on purpose get a kernel of their own after all."""
        if self.guards:
            self.unguarded = bool(self.guards.alone(self.guards.build(base)))

    def _left(self, which: together.Plan, more: Sequence[Control] = ()) -> list[Control]:
        """What needs a kernel of its own: that, and @more."""
        self.alone = {**which.alone, **{control.name: "" for control in more}}
        return [control for control in self._controls if control.name in self.alone]

    def _how(self, kernel: Path, folder: Path) -> runner.Options:
        return usual.options(self._shop.opts, kernel, folder, jobs=self._wanted.jobs,
                             spread=False, cpu=self._wanted.cpu, logs=self._wanted.keep)

    def _plain(self, base: offshoots.Base, folder: Path) -> Sequence[Name]:
        """Run all cases in the kernel without a control, which are returned."""
        how = self._how(folder / "linux", folder / "boots")
        with proc.threads(how.servers, last=False) as pool, \
             self._bare.opened(how, self._console.note) as boots:
            names = boots.listed(base.tree.places.state, base.sha, "")
            self._bare.check(boots.round(names, "", pool))
        return names

    def _try(self, chosen: Sequence[Control], trial: together.Trial,
             names: Sequence[Name], pool: concurrent.futures.Executor,
             finished: Callable[[Verdict], None]) -> None:
        due = set(due_reports.wanted(self._cases))

        def judged(control: Control) -> list[Name]:
            # A case that has to end in a report is for its own contracts only.
            return self._bare.judged(
                names, due - controls.targets(control, self._cases, names))

        begin = time.monotonic()
        futures = [pool.submit(trial.verdict, control, judged(control), self._wanted.named)
                   for control in chosen]
        for number, future in enumerate(concurrent.futures.as_completed(futures), 1):
            verdict = future.result()
            finished(verdict)
            self._console.progress(words.share(number, len(futures),
                                               time.monotonic() - begin))
            if self._wanted.fail_fast and verdict.kind is not Kind.KILLED:
                for other in futures:
                    other.cancel()
                break

    @contextlib.contextmanager
    def _step(self, what: str, text: str) -> Iterator[None]:
        """Tell the user of what is done meanwhile, and note how long it takes."""
        self._console.begin(text)
        begin = time.monotonic()
        yield
        self.seconds[what] = time.monotonic() - begin
        self._console.end()
