# SPDX-License-Identifier: GPL-2.0
"""Sum up a run: the closing line, the JSON and the JUnit file."""

from __future__ import annotations

import collections
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from typing import Any, Mapping, Sequence

from ..errors import Exit
from ..kernel.patching import Taken
from ..model.cases import Case
from ..model.configs import PLAIN
from ..model.outcomes import Name, Outcome, Results, Splat, Status, Trouble
from ..ui.words import count

SCHEMA = 1


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
    code: Exit = Exit.PASSED

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
        passed = any(o.status is Status.PASSED for o in self.outcomes)
        if self.bad() or self.troubles or not passed:
            self.code = Exit.FAILED

    def word(self) -> str:
        """PASS, FAIL, BROKEN or SKIP."""
        return "SKIP" if self.unavailable else word(self.code)

    def closing_line(self) -> str:
        """The verdict in one line."""
        variant = f" {self.variant}" if self.variant != PLAIN.name else ""
        tail = f"Linux {self.version}{variant}, {self.seconds:.1f} s in the kernel"
        if self.coverage:
            tail += f", coverage in {self.coverage}"
        if self.repeat > 1:
            tail += f", {self.repeat} times"
        skipped = sum(o.status is Status.SKIPPED for o in self.outcomes)
        if skipped:
            tail = f"{skipped} skipped, " + tail
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
            parts.append("no case passed")
        return f"FAIL: {', '.join(parts)}; {tail}"

    def as_json(self) -> dict[str, Any]:
        """The run as Documentation/run.rst describes it."""
        tally = collections.Counter(o.status.value for o in self.outcomes)
        return {
            "schema": SCHEMA, "testbed": self.testbed,
            "kernel_version": self.version, "line": self.line,
            "variant": self.variant, "source": self.origin,
            "patches": list(self.patches), "applied": [
                {"patch": each.patch, "variant": each.variant, "how": each.how}
                for each in self.taken],
            "verdict": self.word().lower(),
            "exit_code": int(self.code), "error": self.error,
            "counts": {status.value: tally[status.value] for status in Status},
            "build_seconds": round(self.build_seconds, 3),
            "boot_seconds": round(self.boot_seconds, 3),
            "seconds": round(self.seconds, 3), "boots": self.boots,
            "repeat": self.repeat, "shuffle_seed": self.shuffle,
            "mode": "children" if self.children else "boots", "children": self.children,
            "time": "virtual" if self.virtual else "host", "seed": self.seed,
            "notes": self.notes,
            "coverage": self.coverage,
            "troubles": [{"what": t.what, "guards": [_splat(s) for s in t.splats]}
                         for t in self.troubles],
            "cases": [self._case(o) for o in self.outcomes],
        }

    def _case(self, outcome: Outcome) -> dict[str, Any]:
        case = self.cases.get(outcome.key)
        return {
            "suite": outcome.suite, "name": outcome.name,
            "status": outcome.status.value, "seconds": round(outcome.seconds, 4),
            "seed": outcome.seed,
            "contracts": list(self.contracts(outcome.key)),
            "summary": case.summary if case else "",
            "reason": outcome.reason,
            "flaky": dict(self.flaky.get(outcome.key, {})),
            "guards": [_splat(splat) for splat in outcome.splats],
            "expected": [_splat(splat) for splat in outcome.expected],
            "output": [] if outcome.status.good else outcome.output,
        }

    def as_junit(self) -> bytes:
        """The run as JUnit XML: one test suite for each of ours."""
        root = ElementTree.Element("testsuites", name="mm-testbed")
        by_suite: dict[str, list[Outcome]] = collections.defaultdict(list)
        for outcome in self.outcomes:
            by_suite[outcome.suite].append(outcome)
        for suite, outcomes in by_suite.items():
            failed = [o for o in outcomes if o.key in {b.key for b in self.bad()}]
            node = ElementTree.SubElement(
                root, "testsuite", name=suite, tests=str(len(outcomes)),
                failures=str(len(failed)), errors="0",
                skipped=str(sum(o.status is Status.SKIPPED for o in outcomes)),
                time=f"{sum(o.seconds for o in outcomes):.4f}")
            for outcome in outcomes:
                _junit_case(node, outcome, self)
        if self.troubles or self.error:
            node = ElementTree.SubElement(root, "testsuite", name="kernel",
                                          tests="1", failures="0", errors="1")
            child = ElementTree.SubElement(node, "testcase", name="kernel",
                                           classname="kernel")
            what = self.error or "; ".join(t.what for t in self.troubles)
            error = ElementTree.SubElement(child, "error", message=_printable(what))
            error.text = _printable("\n".join(
                line for t in self.troubles for s in t.splats for line in s.lines))
        ElementTree.indent(root)
        text: str = ElementTree.tostring(root, encoding="unicode")
        return f"<?xml version='1.0' encoding='utf-8'?>\n{text}\n".encode()


def _junit_case(node: ElementTree.Element, outcome: Outcome, run: Run) -> None:
    child = ElementTree.SubElement(
        node, "testcase", name=outcome.name, classname=outcome.suite,
        time=f"{outcome.seconds:.4f}")
    if outcome.status is Status.SKIPPED:
        ElementTree.SubElement(child, "skipped", message=_printable(outcome.reason))
    elif not outcome.status.good or outcome.key in run.flaky:
        contracts = " ".join(run.contracts(outcome.key))
        failure = ElementTree.SubElement(
            child, "failure", type=outcome.status.value,
            message=_printable(f"{contracts}: {outcome.reason}"))
        failure.text = _printable("\n".join(
            [*outcome.output, *(line for s in outcome.splats for line in s.lines)]))


def _printable(text: str) -> str:
    """@text without the characters that XML cannot hold."""
    return "".join(c if c in "\t\n" or " " <= c < "\ud800" or "\ue000" <= c <= "\ufffd"
                   else "?" for c in text)


def _splat(splat: Splat) -> dict[str, Any]:
    return {"kind": splat.kind, "title": splat.title, "where": splat.where,
            "fatal": splat.fatal, "lines": splat.lines}


def _by_number(contract: str) -> tuple[str, int]:
    group, _, number = contract.partition("-")
    return (group, int(number))
