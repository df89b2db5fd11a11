# SPDX-License-Identifier: GPL-2.0
"""Known bugs: what cases do on a kernel that lacks a fix.

A fix is a patch of the group fixes, patches/fixes/NAME/.  The file "bug" in there says what
the bug does; a kernel has it if the patch is needed there and goes in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Iterable, Mapping, Optional, Sequence

from ..errors import TestbedError
from .outcomes import Name, Outcome, Status

GROUP = "fixes"
_FIELD = re.compile(r"^([A-Z][\w-]*):[ \t]*(.*(?:\n[ \t]+.*)*)", re.MULTILINE)
_CASE = re.compile(r"(\w+)\.(\w+)(?:\s*\[([^]]*)\])?")
_HAPPENS = {"fails": (Status.FAILED,), "crashes": (Status.CRASHED, Status.FAILED),
            "hangs": (Status.HUNG,), "unseen": ()}


@dataclass(frozen=True, eq=False)
class Bug:
    """One known bug.

    @name: of its patch in the series.
    @fix: the title of the fix.  @fixed: the release that has it, "" if none has.
    @happens: "fails", "crashes", "hangs", or "unseen" if no case shows it.
    @breaks: contracts.
    @cases: those that show it, each with the parameters that do; none: all of it.
    """

    name: str
    fix: str
    fixed: str
    happens: str
    breaks: tuple[str, ...]
    cases: Mapping[Name, tuple[str, ...]]

    def __str__(self) -> str:
        when = f"fixed in {self.fixed} by" if self.fixed else "not fixed upstream yet; see"
        return f"{when} \"{self.fix}\""


def parse(text: str, name: str) -> Bug:
    """The bug that the file @text describes, of the patch @name.  Raises TestbedError."""
    fields = {key: " ".join(value.split()) for key, value in _FIELD.findall(text)}
    cases: dict[Name, tuple[str, ...]] = {}
    for suite, case, parameter in _CASE.findall(fields.get("Cases", "")):
        known = cases.get((suite, case), ())
        cases[suite, case] = (*known, parameter) if parameter else known
    for key, fine in (("Fix", bool(fields.get("Fix"))), ("Cases", bool(cases) is not (fields.get("Happens") == "unseen")),
                      ("Happens", fields.get("Happens") in _HAPPENS),
                      ("Breaks", bool(fields.get("Breaks")))):
        if not fine:
            raise TestbedError(f"patches/{name}/bug lacks a line '{key}: ...' that makes "
                               "sense; see Documentation/kernels.rst")
    return Bug(name, fields["Fix"], fields.get("Fixed", ""), fields["Happens"],
               tuple(re.findall(r"[A-Z]{2,}-\d+", fields["Breaks"])), cases)


def read(patches: Iterable[Path]) -> list[Bug]:
    """The bugs that @patches mend.  Raises TestbedError."""
    found = []
    for patch in patches:
        file = patch / "bug"
        if not file.is_file():
            continue
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeError) as err:
            raise TestbedError(f"cannot read {file}: {err}; restore it from git") from None
        found.append(parse(text, f"{patch.parent.name}/{patch.name}"))
    return found


def _parameters(outcome: Outcome) -> set[str]:
    """Those that have failed."""
    return {match[1] for line in outcome.output
            if (match := re.match(r"    not ok \d+ (.+)", line))}


class Known:
    """The bugs that the kernel at hand has.

    @gone: (bug, case) where a case passes in spite of its bug.
    """

    def __init__(self, bugs: Sequence[Bug] = ()) -> None:
        self.bugs = tuple(bugs)
        self.gone: list[tuple[Bug, Name]] = []

    def of(self, name: Name) -> Optional[Bug]:
        """The bug that the case @name shows, if any."""
        return next((bug for bug in self.bugs if name in bug.cases), None)

    def hang(self, names: Iterable[Name]) -> list[Name]:
        """Those of @names that would hang."""
        return [name for name in names
                if (bug := self.of(name)) and bug.happens == "hangs"]

    def not_run(self, name: Name) -> Outcome:
        """What is said of a case that would hang."""
        bug = self.of(name)
        return Outcome(*name, Status.KNOWN, reason=f"known bug, {bug}: hangs, and was not "
                       "run; name it to run it")

    def settle(self, outcome: Outcome) -> Outcome:
        """@outcome, which is no surprise if it is that of a known bug."""
        bug = self.of(outcome.key)
        if bug is None or outcome.status is Status.SKIPPED:
            return outcome
        if outcome.status is Status.PASSED:
            if (bug, outcome.key) not in self.gone:
                self.gone.append((bug, outcome.key))
            return outcome
        wanted = set(bug.cases[outcome.key])
        if outcome.status not in _HAPPENS[bug.happens] or \
           wanted and not _parameters(outcome) <= wanted:
            return outcome
        return replace(outcome, status=Status.KNOWN,
                       reason=f"known bug, {bug}: {outcome.reason}")
