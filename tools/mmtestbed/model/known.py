# SPDX-License-Identifier: GPL-2.0
"""Known bugs: what cases do on a kernel that lacks a fix.

A fix is a patch of the group fixes, patches/fixes/NAME/.  The file "bug" in there says what
the bug does; a kernel has it if the patch is needed there and goes in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Iterable, Mapping, Sequence

from ..errors import TestbedError
from .outcomes import Name, Outcome, Status

GROUP = "fixes"
_FIELD = re.compile(r"^([A-Z][\w-]*):[ \t]*(.*(?:\n[ \t]+.*)*)", re.MULTILINE)
_CASE = re.compile(r"(\w+)\.(\w+)(?:\s*\[([^]]*)\])?(?:\s*\((\w+)\))?")
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
    @others: what happens in some of them instead.
    """

    name: str
    fix: str
    fixed: str
    happens: str
    breaks: tuple[str, ...]
    cases: Mapping[Name, tuple[str, ...]]
    others: Mapping[Name, str] = field(default_factory=dict)

    def does(self, name: Name) -> str:
        """What happens in the case @name."""
        return self.others.get(name, self.happens)

    def __str__(self) -> str:
        when = f"fixed in {self.fixed} by" if self.fixed else "not fixed upstream yet; see"
        return f"{when} \"{self.fix}\""


def parse(text: str, name: str) -> Bug:
    """The bug that the file @text describes, of the patch @name.  Raises TestbedError."""
    fields = {key: " ".join(value.split()) for key, value in _FIELD.findall(text)}
    cases: dict[Name, tuple[str, ...]] = {}
    others: dict[Name, str] = {}
    for suite, case, parameter, instead in _CASE.findall(fields.get("Cases", "")):
        known = cases.get((suite, case), ())
        cases[suite, case] = (*known, parameter) if parameter else known
        if instead:
            others[suite, case] = instead
    for key, fine in (("Fix", bool(fields.get("Fix"))),
                      ("Cases", bool(cases) is not (fields.get("Happens") == "unseen") and
                       set(others.values()) <= _HAPPENS.keys()),
                      ("Happens", fields.get("Happens") in _HAPPENS),
                      ("Breaks", bool(fields.get("Breaks")))):
        if not fine:
            raise TestbedError(f"patches/{name}/bug lacks a line '{key}: ...' that makes "
                               "sense; see Documentation/kernels.rst")
    return Bug(name, fields["Fix"], fields.get("Fixed", ""), fields["Happens"],
               tuple(re.findall(r"[A-Z]{2,}-\d+", fields["Breaks"])), cases, others)


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

    def of(self, name: Name) -> list[Bug]:
        """The bugs that the case @name shows."""
        return [bug for bug in self.bugs if name in bug.cases]

    def hang(self, names: Iterable[Name]) -> list[Name]:
        """Those of @names that would hang."""
        return [name for name in names
                if any(bug.does(name) == "hangs" for bug in self.of(name))]

    def not_run(self, name: Name) -> Outcome:
        """What is said of a case that would hang."""
        bug = next(bug for bug in self.of(name) if bug.does(name) == "hangs")
        return Outcome(*name, Status.KNOWN, reason=f"known bug, {bug}: hangs, and was not "
                       "run; name it to run it")

    def settle(self, outcome: Outcome) -> Outcome:
        """@outcome, which is no surprise if it is that of known bugs."""
        bugs = self.of(outcome.key)
        if not bugs or outcome.status is Status.SKIPPED:
            return outcome
        if outcome.status is Status.PASSED:
            self.gone += [(bug, outcome.key) for bug in bugs
                          if (bug, outcome.key) not in self.gone]
            return outcome
        guilty = [bug for bug in bugs if outcome.status in _HAPPENS[bug.does(outcome.key)]]
        failed = _parameters(outcome)
        # A crash ends the case, and what had failed by then may be due to another bug.
        expected = guilty if outcome.status is Status.FAILED else bugs
        wanted = [set(bug.cases[outcome.key]) for bug in expected]
        if not guilty or all(wanted) and not failed <= set().union(*wanted):
            return outcome
        shown = [bug for bug, its in zip(expected, wanted)
                 if bug in guilty and (len(guilty) == 1 or not its or its & failed)]
        names = "; ".join(map(str, shown or guilty))
        return replace(outcome, status=Status.KNOWN,
                       reason=f"known bug, {names}: {outcome.reason}")
