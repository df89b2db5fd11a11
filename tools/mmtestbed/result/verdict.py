# SPDX-License-Identifier: GPL-2.0
"""Sum up a run: the closing line, the JSON and the JUnit file."""

from __future__ import annotations

import collections
import re
from dataclasses import dataclass, field
from typing import Any, Mapping, Optional, Sequence

from ..errors import Exit
from ..kernel.patching import Taken
from ..model.cases import Case
from ..model.configs import PLAIN
from ..model.known import Bug, Known
from ..model.outcomes import Name, Outcome, Results, Status, Trouble
from ..ui.words import count


# What KUnit says of an assertion, below the top of the tree.
_FAILED_AT = re.compile(r"(?:EXPECTATION|ASSERTION) FAILED at (\S+?):(\d+)")


def word(code: Exit) -> str:
    """PASS, FAIL or BROKEN."""
    return {Exit.PASSED: "PASS", Exit.FAILED: "FAIL"}.get(code, "BROKEN")


@dataclass
class Run:
    """A run as it is reported.

    @version: of the kernel that ran, else of its source.
    @flaky: how often each outcome came, for cases that differ between rounds.
    @error: why the tree was broken, "" if it was not.
    @unavailable: the line cannot be had on this machine, which is @error.
    @build_seconds, @boot_seconds: what it took, on the host's clock.
    @coverage: the folder with what has run, "" if that was not counted.
    @testbed: what it was made from: provenance.facts().
    @taken: what became of each patch of the series, and of those that were added.
    @known: the bugs that are known, and in this kernel.
    @elsewhere: the cases that are skipped here and run on @nearest, the nearest kernel of
        which a run is recorded, with the reasons.
    @shard: the machine's share of the cases: shards.facts().
    """

    line: str
    variant: str
    version: str
    origin: str
    patches: Sequence[str] = ()
    outcomes: list[Outcome] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    flaky: Mapping[Name, Mapping[str, int]] = field(default_factory=dict)
    cases: Mapping[Name, Case] = field(default_factory=dict)
    seconds: float = 0.0
    boots: int = 0
    repeat: int = 1
    shuffle: "int | None" = None
    seed: "int | None" = None
    virtual: bool = False
    children: int = 0
    notes: list[str] = field(default_factory=list)
    error: str = ""
    unavailable: bool = False
    build_seconds: float = 0.0
    boot_seconds: float = 0.0
    coverage: str = ""
    testbed: dict[str, Any] = field(default_factory=dict)
    taken: Sequence[Taken] = ()
    known: Known = field(default_factory=Known)
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    nearest: str = ""
    shard: Optional[dict[str, Any]] = None
    code: Exit = Exit.PASSED

    def place(self, outcome: Outcome) -> tuple[str, int]:
        """(file, line) of what failed in a case, else of the case; ("", 0) if unknown."""
        match = _FAILED_AT.match(outcome.reason)
        if match:
            return match.group(1), int(match.group(2))
        case = self.cases.get(outcome.key)
        return (case.file, case.line) if case else ("", 0)

    def contracts(self, name: Name) -> tuple[str, ...]:
        """The contracts of the case @name."""
        case = self.cases.get(name)
        return case.contracts if case else ()

    def add(self, rounds: Sequence[Results], order: Sequence[Name]) -> None:
        """Take over what came out of @rounds, the worst outcome for each case."""
        worst: dict[Name, Outcome] = {}
        for results in rounds:
            for name, outcome in results.outcomes.items():
                if name not in worst or worst[name].status.good and \
                   not outcome.status.good:
                    worst[name] = outcome
            known = {trouble.what for trouble in self.troubles}
            self.troubles += [t for t in results.troubles if t.what not in known]
            self.seconds += results.seconds
            self.boots += results.boots
            self.children += results.children
            self.notes += [note for note in results.notes if note not in self.notes]
            self.version = results.version or self.version
        place = {name: index for index, name in enumerate(order)}
        self.outcomes += sorted(worst.values(),
                                key=lambda o: place.get(o.key, len(place)))
        self.judge()

    def bad(self) -> list[Outcome]:
        """The cases that fail the run."""
        return [o for o in self.outcomes
                if not o.status.good or o.key in self.flaky]

    def judge(self) -> None:
        """Set the exit code by what has been added."""
        # Whether one has passed on some machine, only all shares together tell.
        passed = bool(self.shard) or any(o.status is Status.PASSED for o in self.outcomes)
        if self.bad() or self.troubles or not passed:
            self.code = Exit.FAILED

    def word(self) -> str:
        """PASS, FAIL, BROKEN or SKIP."""
        return "SKIP" if self.unavailable else word(self.code)

    def closing_line(self) -> str:
        """The verdict in one line."""
        variant = f" {self.variant}" if self.variant != PLAIN.name else ""
        share = f"shard {self.shard['index']}/{self.shard['of']}, " if self.shard else ""
        tail = f"{share}Linux {self.version}{variant}, {self.seconds:.1f} s in the kernel"
        if self.coverage:
            tail += f", coverage in {self.coverage}"
        if self.repeat > 1:
            tail += f", {self.repeat} times"
        skipped = sum(o.status is Status.SKIPPED for o in self.outcomes)
        if self.elsewhere:
            tail = f"{skipped} skipped ({len(self.elsewhere)} of them run on " \
                   f"{self.nearest}: {self._why_elsewhere()}), " + tail
        elif skipped:
            tail = f"{skipped} skipped, " + tail
        shown = self.shown()
        if shown:
            cases = sum(len(found) for found in shown.values())
            tail = f"{count(len(shown), 'known bug')} ({count(cases, 'case')}), " + tail
        good = [o for o in self.outcomes if o.status is Status.PASSED]
        if self.code is Exit.PASSED:
            contracts = {c for o in good for c in self.contracts(o.key)}
            return (f"PASS: {count(len(good), 'case')}, "
                    f"{count(len(contracts), 'contract')}, {tail}")
        bad = self.bad()
        parts = []
        if bad:
            names = ", ".join(f"{o.suite}.{o.name}" for o in bad[:3])
            names += ", ..." if len(bad) > 3 else ""
            parts.append(f"{len(bad)} of {count(len(self.outcomes), 'case')} ({names})")
            contracts = {c for o in bad for c in self.contracts(o.key)}
            if contracts:
                parts.append("contracts " + " ".join(sorted(contracts, key=_by_number)))
        if self.troubles:
            parts.append(f"the kernel misbehaved: {self.troubles[0].what}")
        if not parts:
            parts.append("cases are skipped that should run" if good else "no case passed")
        return f"FAIL: {', '.join(parts)}; {tail}"

    def compare(self, record: Mapping[str, Any]) -> None:
        """Note what is skipped here, and is not in @record, of a run on another kernel."""
        self.nearest = record["version"]
        there = set(record["ran"])
        self.elsewhere = {".".join(o.key): o.reason for o in self.outcomes
                          if o.status is Status.SKIPPED and ".".join(o.key) in there}

    def _why_elsewhere(self) -> str:
        tally = collections.Counter(self.elsewhere.values())
        return "; ".join(f"{count} {reason}" for reason, count in tally.most_common())

    def shown(self) -> "dict[Bug, list[Outcome]]":
        """The known bugs, and what shows them."""
        found: dict[str, list[Outcome]] = collections.defaultdict(list)
        for outcome in self.outcomes:
            if outcome.status is Status.KNOWN:
                for bug in self.known.of(outcome.key):
                    if str(bug) in outcome.reason:
                        found[bug.name].append(outcome)
        return {bug: found[bug.name] for bug in self.known.bugs if bug.name in found}


def _by_number(contract: str) -> tuple[str, int]:
    group, _, number = contract.partition("-")
    return (group, int(number))
