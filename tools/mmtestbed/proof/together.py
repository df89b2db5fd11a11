# SPDX-License-Identifier: GPL-2.0
"""One kernel for all controls: which go into it, how it is built, what comes of them.

It is made from the kernel without a control, and is not that of the plain verdict.  A
child of it becomes the kernel with one bug when it is told so; see versions.py.
"""

from __future__ import annotations

import concurrent.futures
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Iterable, Mapping, Optional, Sequence

from ..boot import children
from ..errors import TestbedError
from ..host import beneath, proc
from ..kernel import build, cocci, offshoots, patching
from ..kernel.cocci import Change
from ..model.cases import Case
from ..model.outcomes import Name, Results
from ..model.repository import REPOSITORY
from . import controls, versions
from .controls import Control, Kind, Verdict
from .versions import Alone

SOURCES = REPOSITORY / "tools" / "controls"
_MAKEFILE = b"\nobj-y += mm_controls.o\n"
# Helpers of page tables are inlined into every file. Their versions are seen by those alone
# that judge them: this header, in the place of which they have another; and, by Makefile,
# the files.
HELPERS = "arch/um/include/asm/pgtable.h"
_BROKEN = "arch/um/include/asm/pgtable_controls.h"
_JUDGES = {"mm/Makefile": ("debug_vm_pgtable",),
           "mm/kunit/page_table/Makefile": ("flags_kunit", "kernel_kunit")}
# What the compiler says of a version.
_VERSION = re.compile(r"__control(\d+)\b")


@dataclass
class Plan:
    """Where each control belongs.

    @built_in: all that are in the one kernel, by name, with what they change.
    @alone: those that get one each, and why.
    @broken: those that get none.
    """

    built_in: dict[str, list[Change]] = field(default_factory=dict)
    alone: dict[str, str] = field(default_factory=dict)
    broken: list[Verdict] = field(default_factory=list)

    def reasons(self) -> list[str]:
        """Which are built alone and why, a line for each reason."""
        found: dict[str, list[str]] = {}
        for name, why in self.alone.items():
            found.setdefault(why, []).append(name)
        return [f"{' '.join(names)}: {why}" for why, names in found.items()]


def _changes(control: Control, tree: Path, scratch: Path, cache: Path) -> list[Change]:
    """What @control changes in @tree, function by function.

    Raises Alone, or TestbedError if it does not apply.
    """
    if control.rule:
        return versions.functions_of(cocci.apply(control.rule, tree, scratch, cache))
    folder = scratch / f"patch-{control.name}"
    folder.mkdir()
    applied = patching.apply(tree, [control.path], folder)
    if applied.notes:
        raise TestbedError(f"{control.path.name} does not apply: it is in this tree already")
    found = []
    for path, new in applied.files.items():
        old = beneath.read(tree, path)
        if old is None or new is None:
            raise Alone(f"{path} comes or goes")
        found.append(Change(path, "", 0, *(text.decode("utf-8", "surrogateescape")
                                           for text in (old, new))))
    return versions.functions_of(found)


def plan(wanted: Sequence[Control], tree: Path, scratch: Path, cache: Path,
         jobs: int) -> Plan:
    """Look at @wanted on @tree.  @scratch: an empty folder.

    @cache: where what semantic patches come to is kept.
    """
    def look(control: Control) -> object:
        try:
            return _changes(control, tree, scratch, cache)
        except (Alone, TestbedError) as why:
            return why

    found = Plan()
    with proc.threads(jobs) as pool:
        for control, what in zip(wanted, pool.map(look, wanted)):
            if isinstance(what, Alone):
                found.alone[control.name] = str(what)
            elif isinstance(what, TestbedError):
                found.broken.append(Verdict(control, Kind.NOT_APPLIED,
                                            troubles=[what.message, *what.details]))
            elif isinstance(what, list):
                found.built_in[control.name] = what
    return found


def make(base: offshoots.Base, which: Plan, folder: Path, kernel: Path,
         jobs: int, config: Optional[Mapping[str, str]] = None,
         prepare: Callable[[offshoots.Offshoot], None] = lambda offshoot: None
         ) -> versions.Build:
    """Build the kernel with all that @which has built in, and copy it to @kernel.

    @config: symbols that this kernel has besides, with their values.
    @prepare: changes its tree first.

    What does not compile is moved to those that are built alone, where its error is told.
    Call it in a thread that has its own mounts.  Raises TestbedError.
    """
    for attempt in range(4):
        together = versions.Build()
        for name, changes in which.built_in.items():
            together.add(name, changes)
        with offshoots.opened(base, folder / f"together-{attempt}") as offshoot:
            prepare(offshoot)
            files = together.files(offshoot.src)
            helpers = files.pop(HELPERS, None)
            offshoot.put(files)
            if helpers is not None:
                show_to_judges(offshoot, helpers)
            for name, where in (("mm_controls.c", "mm"), ("mm_controls.h", "include/linux")):
                beneath.put(offshoot.src, f"{where}/{name}", (SOURCES / name).read_bytes())
            beneath.put(offshoot.src, "mm/mm_control_names.h", together.names_header())
            offshoot.edit("mm/Makefile", lambda old: old + _MAKEFILE)
            try:
                offshoot.make(config, jobs)
            except TestbedError as err:
                bad = {int(number) for line in (err.message, *err.details)
                       for number in _VERSION.findall(line)}
                if not bad or attempt == 3:
                    raise
                for number in bad:
                    name = together.names[number]
                    which.alone[name] = "its version does not compile beside the others"
                    del which.built_in[name]
                continue
            build.take(offshoot.kernel, kernel)
            return together
    raise AssertionError("not reached")


def show_to_judges(offshoot: offshoots.Offshoot, helpers: bytes) -> None:
    """Let the files that judge the helpers of page tables have @helpers for their header.

    Raises TestbedError.
    """
    beneath.put(offshoot.src, _BROKEN, helpers)
    for makefile, files in _JUDGES.items():
        lines = "".join(f"\nCFLAGS_{file}.o += -include $(srctree)/include/linux/mm_types.h "
                        f"-include $(srctree)/{_BROKEN}\n" for file in files)
        offshoot.edit(makefile, lambda old, lines=lines: old + lines.encode())  # type: ignore[misc]


class Trial:
    """Tries controls in the kernel that make() has built.

    @boots: forks its children.  @names: the cases that it has.
    @most_bad: after so many crashes and hangs, cases of other contracts are left out.
    """

    def __init__(self, boots: children.Children, together: versions.Build,
                 cases: Mapping[Name, Case], names: Sequence[Name],
                 most_bad: int) -> None:
        self._boots = boots
        self._together = together
        self._cases = cases
        self._names = names
        self._most_bad = most_bad
        # The controls that each case could notice: it enters a function that they change.
        self._reach: dict[Name, set[str]] = {}
        self._seconds: dict[Name, float] = {}

    def bare(self, pool: Optional[concurrent.futures.Executor] = None) -> Results:
        """Run all cases with no control chosen, and note what each enters."""
        results = self._boots.with_words(["mm_control_trace=1"],
                                         mark=versions.MARK).round(
            self._names, "", pool)
        for name, outcome in results.outcomes.items():
            self._reach[name] = {control for site in versions.reached(outcome.output)
                                 if site in self._together.sites
                                 for control in self._together.of_site(site)}
            self._seconds[name] = outcome.seconds
        return results

    def reaching(self, control: Control, judged: Iterable[Name]) -> list[Name]:
        """Those of @judged that enter a function of @control: the cases that it names
        first, then those of its contracts, then what is fast."""
        wanted = controls.targets(control, self._cases, judged)
        return sorted((name for name in judged
                       if control.name in self._reach.get(name, ())),
                      key=lambda name: (name not in control.kills, name not in wanted,
                                        self._seconds.get(name, 0.0)))

    def verdict(self, control: Control, judged: Sequence[Name],
                named: bool = False) -> Verdict:
        """What becomes of @control by those of the cases @judged that can tell.

        @named: ask the others only if those that it names have not killed it.
        """
        begin = time.monotonic()
        names = self.reaching(control, judged)
        if named and control.kills:
            found = self._tried(control, judged, [n for n in names if n in control.kills])
            if found.kind is Kind.KILLED:
                found.not_run += len(names) - found.reaching
                found.reaching, found.seconds = len(names), time.monotonic() - begin
                return found
        found = self._tried(control, judged, names)
        found.seconds = time.monotonic() - begin
        return found

    def _tried(self, control: Control, judged: Sequence[Name],
               names: Sequence[Name]) -> Verdict:
        """What becomes of @control by @names, those of @judged that are run."""
        results = self._boots.with_words([f"mm_control={control.name}"],
                                         mark=versions.MARK).round(
            names, "", worthwhile=lambda results, rest: controls.worthwhile(
                control, self._cases, results, rest, self._most_bad))
        found = controls.judge(control, self._cases, judged, results)
        entered = {name: versions.entered(outcome.output)
                   for name, outcome in results.outcomes.items()}
        found.not_run = sum(name not in results.outcomes for name in names)
        found.built_in, found.reaching = True, len(names)
        found.entered = sum(map(bool, entered.values()))
        # What turns red without having entered it has another reason.
        deciding = [o for o in found.by if o.key in control.kills] or found.by
        if found.kind is Kind.KILLED and not all(entered.get(o.key) for o in deciding):
            found.kind = Kind.NOT_ENTERED
        return found
