# SPDX-License-Identifier: GPL-2.0
"""Which case notices which bug: what a case is worth beside the others."""

from __future__ import annotations

import collections
from dataclasses import dataclass
from typing import Any, Mapping, Sequence

from ..errors import UsageError
from ..model.cases import Case
from ..ui import words
from .controls import Control

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Relation:
    """Cases and the controls that they turn red for.

    @controls: by name; those that are in this repository and have been run.
    @noticed: full names of cases, by control.
    @reasons: what the case said, by (control, case).
    """

    controls: Mapping[str, Control]
    noticed: Mapping[str, frozenset[str]]
    reasons: Mapping[tuple[str, str], str]

    @staticmethod
    def of(results: Mapping[str, Entry], controls: Sequence[Control]) -> "Relation":
        """By the @results of runs of scripts/controls.sh, as far as they hold."""
        here = {control.name: control for control in controls}
        noticed: dict[str, frozenset[str]] = {}
        reasons = {}
        for name, entry in results.items():
            if name not in here or entry.get("digest") != here[name].digest:
                continue
            found = [*entry["killed_by"], *entry["also_failed"]]
            for case in found:
                reasons[name, f"{case['suite']}.{case['name']}"] = \
                    f"{' '.join(case.get('ways', [])[:1])} {case.get('reason', '')}".strip()
            noticed[name] = frozenset(f"{case['suite']}.{case['name']}" for case in found
                                      if case["status"] != "missing")
        return Relation({name: here[name] for name in noticed}, noticed, reasons)

    def by(self, case: str) -> list[str]:
        """The controls that @case notices."""
        return sorted(name for name, cases in self.noticed.items() if case in cases)

    def only(self, case: str) -> list[str]:
        """Those that no other case notices."""
        return [name for name in self.by(case) if self.noticed[name] == {case}]

    def nobody(self) -> list[str]:
        """The controls that no case notices."""
        return sorted(name for name, cases in self.noticed.items() if not cases)

    def why(self, case: Case) -> list[str]:
        """What the bugs say of @case."""
        name = case.full_name
        mine, alone = self.by(name), self.only(name)
        if not self.noticed:
            return ["no control has run on this tree since the last change; run "
                    "scripts/controls.sh"]
        lines = [f"{name} notices {len(mine)} of {words.count(len(self.noticed), 'bug')}, "
                 f"{len(alone)} of them alone:"]
        for control in sorted(mine, key=lambda each: (each not in alone, each)):
            others = len(self.noticed[control]) - 1
            beside = f"beside {words.count(others, 'other')}" if others else "alone"
            lines.append(f"  {control} ({beside}): {self.controls[control].subject}: "
                         f"{self.reasons[control, name]}")
        named = [control.name for control in self.controls.values()
                 if (case.suite, case.name) in control.kills]
        for control in sorted(set(named) - set(mine)):
            lines.append(f"  not {control}, which names it")
        lines += [f"nobody notices {control}: {self.controls[control].subject}"
                  for control in self.nobody()]
        return lines

    def worth(self) -> Mapping[str, int]:
        """How many bugs each case notices."""
        return collections.Counter(case for cases in self.noticed.values()
                                   for case in cases)


def case_of(name: str, cases: Sequence[Case]) -> Case:
    """The case called @name, suite.case or case alone.  Raises UsageError."""
    found = [case for case in cases if name in (case.full_name, case.name)]
    if len(found) != 1:
        raise UsageError(f"--why {name}: there is {'no' if not found else 'more than one'} "
                         "such case; see scripts/run.sh --list")
    return found[0]
