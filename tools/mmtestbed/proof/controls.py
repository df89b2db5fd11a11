# SPDX-License-Identifier: GPL-2.0
"""Controls: what puts one bug into the kernel each, and what becomes of them.

A control is a semantic patch, or a patch where none will do.  It is killed if each of
the cases that it names turns red in the way that it says, or, if it names none, a case
of a contract that it breaks.  A case that no control can turn red proves nothing, and a
control that turns none red has found a promise that nobody checks.
"""

from __future__ import annotations

import enum
import fnmatch
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterable, Mapping, Optional, Sequence

from ..errors import TestbedError, UsageError
from ..kernel import cocci, patching
from ..model import configs, lines
from ..model.cases import Case
from ..model.lines import Version
from ..model.outcomes import Name, Outcome, Results, Status

_FIELD = re.compile(r"^(Subject|Breaks|Lines|Variants|Group):[ \t]*(.*)$", re.MULTILINE)
_ID = re.compile(r"[A-Z]{2,}-\d+")
_PREFIX = re.compile(r"^(?:\[[^]]*\]\s*)+")
# How a case notices a bug.
KINDS = ("assertion", "report", "hang")
_FAILED = " FAILED at "
_KERNELS = re.compile(r"^Kernels:[ \t]*(before|from) (\d+)\.(\d+)[:;,]\s*(\S.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Control:
    """One bug.

    @name: of its file, without .patch or .cocci.
    @subject: what the bug does, without the prefix in brackets.
    @breaks: the contracts that it breaks.
    @kills: the cases that it is made for, if it is for certain ones.
    @lines: the kernels that it is made for.
    @text: its file as a whole.
    @how: for each of @kills, in what ways the case may turn red; () for any.
    @rule: the semantic patch, if it is one.
    @first, @end: the kernels that have the code: from the one, and before the other.
    @configs: the configurations that have it; () for all.
    @group: of patches that it needs, "" for none.
    """

    name: str
    path: Path
    subject: str
    breaks: tuple[str, ...]
    kills: tuple[Name, ...]
    lines: tuple[str, ...]
    text: str
    how: tuple[tuple[str, ...], ...] = ()
    rule: Optional[cocci.Rule] = None
    first: Version = (0, 0)
    end: Version = (999, 0)
    configs: tuple[str, ...] = ()
    group: str = ""

    @property
    def digest(self) -> str:
        """Changes when the control does."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogateescape")).hexdigest()

    @property
    def wide(self) -> bool:
        """Whether it changes a header, so that most of the kernel is compiled anew."""
        return any(name.endswith(".h") for name in self.files)

    def is_for(self, line: str, config: str = "") -> bool:
        """Whether there is something to break in @line, configured as @config ("": any)."""
        if config and self.configs and not configs.parts(config) & {*self.configs}:
            return False
        which = lines.by_name(line)
        if self.rule:
            return which.first < self.end and which.last >= self.first
        return line in self.lines or which not in lines.LINES and \
            lines.like(which).name in self.lines

    @property
    def files(self) -> tuple[str, ...]:
        """The files that it changes, or one of which it changes."""
        return self.rule.files if self.rule else tuple(sorted(patching.touched(self.text)))


def parse(path: Path, text: str) -> Control:
    """The control @text of the file @path.  Raises TestbedError if it lacks a field."""
    where = f"{path.parent.name}/{path.name}"
    rule = cocci.parse(where, text) if path.suffix == ".cocci" else None
    diff = re.search(r"^--- \S", text, re.MULTILINE)
    header = rule.header if rule else text[:diff.start()] if diff else text
    fields = {key: value.strip() for key, value in _FIELD.findall(header)}
    kills, how = _kills(header, where, bool(rule))
    breaks = tuple(dict.fromkeys(_ID.findall(fields.get("Breaks", ""))))
    first, end = _kernels(header, where)
    if rule:
        named = tuple(line.name for line in lines.LINES
                      if line.first < end and line.last >= first)
    else:
        named = tuple(fields.get("Lines", "").replace(",", " ").split())
    subject = _PREFIX.sub("", fields.get("Subject", ""))
    for value, example in ((subject, "Subject: [CONTROL] mm: what the bug does"),
                           (breaks, "Breaks: MW-2"), (named, "Lines: 6.12")):
        if not value:
            raise TestbedError(f"{where} lacks a header line such as '{example}'")
    if rule and not kills:
        raise TestbedError(f"{where} lacks a header line such as "
                           "'Kills: suite.case: assertion'")
    if not rule and not patching.touched(text):
        raise TestbedError(f"{where} holds no diff; restore or remove it")
    variants = tuple(fields.get("Variants", "").replace(",", " ").split())
    for word in set(variants) - {config.name for config in configs.CONFIGS}:
        raise TestbedError(f"{where}: there is no variant {word}; see scripts/run.sh --help")
    return Control(path.stem, path, subject, breaks, kills, named, text, how, rule,
                   first, end, variants, fields.get("Group", ""))


def _kernels(header: str, where: str) -> tuple[Version, Version]:
    """The first release that has what a control is about, and the first one that no
    longer has it, by its @header."""
    found = {"from": (0, 0), "before": (999, 0)}
    for word, major, minor, _ in _KERNELS.findall(header):
        found[word] = (int(major), int(minor))
    if len(re.findall("^Kernels:", header, re.MULTILINE)) != len(_KERNELS.findall(header)):
        raise TestbedError(f"{where}: what follows Kernels: is not such as 'before 7.0: "
                           "why there is nothing to break since'")
    return found["from"], found["before"]


def _kills(header: str, where: str,
           strict: bool) -> tuple[tuple[Name, ...], tuple[tuple[str, ...], ...]]:
    """The cases that the control with this @header has to turn red, and how.

    @strict: it has to say how.
    """
    kills, how = [], []
    for value in re.findall(r"^Kills:(.*)$", header, re.MULTILINE):
        for part in filter(str.strip, value.split(",")):
            names, colon, kinds = part.partition(":")
            ways = tuple(re.split(r"\s+or\s+", kinds.strip())) if colon else ()
            if set(ways) - set(KINDS) or strict and not ways:
                raise TestbedError(f"{where}: what follows '{names.strip()}' after Kills: "
                                   f"is none of {', '.join(KINDS)}")
            for name in names.split():
                kills.append(_case(name, where))
                how.append(ways)
    return tuple(kills), tuple(how)


def _case(word: str, where: str) -> Name:
    suite, dot, name = word.partition(".")
    if not (suite and dot and name):
        raise TestbedError(f"{where}: '{word}' after Kills: is no case like 'suite.case'")
    return suite, name


def read(folder: Path) -> list[Control]:
    """The controls in @folder, by name.

    Raises TestbedError if one is malformed, or if there are two of a name.
    """
    found: dict[str, Control] = {}
    for path in sorted([*folder.glob("*.patch"), *folder.glob("*/*.cocci")],
                       key=lambda each: each.stem):
        try:
            text = path.read_text(encoding="utf-8", errors="surrogateescape")
        except OSError as err:
            raise TestbedError(f"cannot read {path}: {err.strerror}") from None
        if path.stem in found:
            raise TestbedError(f"the control {path.stem} is there twice, as "
                               f"{found[path.stem].path.relative_to(folder)} and as "
                               f"{path.relative_to(folder)}; remove one")
        found[path.stem] = parse(path, text)
    return list(found.values())


def select(controls: Sequence[Control], line: str, glob: str,
           contract: str, config: str = "") -> list[Control]:
    """Those for @line, as @config, whose name matches @glob and that break @contract, if
    given.  Raises UsageError if there are none."""
    chosen = [control for control in controls
              if control.is_for(line, config)
              and fnmatch.fnmatchcase(control.name, glob or "*")
              and (not contract or contract in control.breaks)]
    if not chosen:
        what = [f"for Linux {line}", *([f"named {glob}"] if glob else [])]
        if contract:
            what.append(f"that breaks {contract}")
        raise UsageError(f"no control {' '.join(what)} in patches/controls")
    return chosen


class Kind(enum.Enum):
    """What became of a control."""

    KILLED = "killed"
    ELSEWHERE = "killed elsewhere only"
    SPARED = "spares a case that it names"
    OTHERWISE = "turns a case red in another way than it says"
    NOT_ENTERED = "turns a case red without being entered"
    SURVIVED = "survived"
    NOT_APPLIED = "does not apply"
    NOT_COMPILED = "does not compile"
    NO_EFFECT = "changes nothing"


@dataclass
class Verdict:
    """What became of one control.

    @by: the bad cases of the contracts that it breaks.
    @also: the bad cases of other contracts.
    @troubles: what was wrong with no case to blame, or why there is no kernel.
    @not_run: cases that were left out after too many crashes and hangs.
    @reached: contracts of the control of which a case has turned red.
    @spared: cases that the control names and that did not turn red.
    @otherwise: those that did, but not in the way that it says.
    @built_in: it was tried in the kernel that has all controls.
    @reaching: cases that enter a function that it changes, if that is known.
    @entered: cases that entered its version of one.
    """

    control: Control
    kind: Kind
    by: list[Outcome] = field(default_factory=list)
    also: list[Outcome] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    not_run: int = 0
    reached: tuple[str, ...] = ()
    spared: tuple[Name, ...] = ()
    boots: int = 0
    seconds: float = 0.0
    otherwise: tuple[Name, ...] = ()
    built_in: bool = False
    reaching: int = 0
    entered: int = 0

    def why(self) -> str:
        """In one line, what killed it or what is wrong."""
        if self.kind is Kind.KILLED:
            first = self.by[0]
            return f"{first.suite}.{first.name} {said(first)}"
        if self.kind is Kind.ELSEWHERE:
            parts = [f"{o.suite}.{o.name} {said(o)}" for o in self.also[:1]]
            return "; ".join([*parts, *self.troubles[:1]])
        if self.kind is Kind.SPARED:
            return f"{' '.join(map('.'.join, self.spared))} did not turn red"
        if self.kind is Kind.OTHERWISE:
            return "; ".join(f"{o.suite}.{o.name} by {ways(o)[0]}: {o.reason}" for o in self.by
                             if o.key in self.otherwise)
        if self.kind is Kind.NOT_ENTERED:
            return f"{self.by[0].suite}.{self.by[0].name} {said(self.by[0])}"
        if self.kind is Kind.SURVIVED:
            return f"no case of {' '.join(self.control.breaks)} turns red"
        return (self.troubles or [""])[0]

    def as_json(self, cases: Mapping[Name, Case]) -> dict[str, Any]:
        """The verdict as Documentation/controls.rst describes it."""
        def case(outcome: Outcome) -> dict[str, Any]:
            known = cases.get(outcome.key)
            return {"suite": outcome.suite, "name": outcome.name,
                    "status": outcome.status.value, "ways": list(ways(outcome)),
                    "reason": outcome.reason, "asserted_at": asserted_at(outcome),
                    "contracts": list(known.contracts) if known else []}

        return {
            "name": self.control.name, "subject": self.control.subject,
            "breaks": list(self.control.breaks), "outcome": self.kind.value,
            "killed_by": [case(o) for o in self.by],
            "also_failed": [case(o) for o in self.also],
            "contracts_reached": list(self.reached),
            "kills": [{"case": ".".join(name), "ways": list(said_)} for name, said_ in
                      zip(self.control.kills, self.control.how)],
            "spared": [".".join(name) for name in self.spared],
            "otherwise": [".".join(name) for name in self.otherwise],
            "built_in": self.built_in, "cases_reaching": self.reaching,
            "cases_entered": self.entered, "troubles": self.troubles,
            "cases_not_run": self.not_run, "boots": self.boots,
            "seconds": round(self.seconds, 2), "digest": self.control.digest,
        }


def said(outcome: Outcome) -> str:
    """The status of a bad case and its reason, for the end of a line."""
    reason = re.sub(r"\s+", " ", outcome.reason)
    return f"{outcome.status.value}: {reason}" if reason else outcome.status.value


def asserted_at(outcome: Outcome) -> str:
    """Where the first assertion of a case failed, FILE:LINE; "" if none did."""
    return next((line.partition(_FAILED)[2].split()[0].rstrip(":")
                 for line in outcome.output if _FAILED in line), "")


def ways(outcome: Outcome) -> tuple[str, ...]:
    """How a bad case noticed a bug: some of KINDS, what its status comes from first.

    A case may have failed an assertion ahead of the report that ended it.
    """
    asserted = bool(asserted_at(outcome))
    if outcome.status is Status.HUNG:
        first = "hang"
    elif outcome.status is Status.CRASHED or outcome.splats or outcome.expected or \
            outcome.reason.startswith("the kernel did not report"):
        first = "report"
    else:
        first = "assertion"
    return (first, "assertion") if asserted and first != "assertion" else (first,)


def targets(control: Control, cases: Mapping[Name, Case],
            expected: Iterable[Name]) -> set[Name]:
    """Those of the @expected cases that assert a contract of @control, or it names."""
    return {name for name in expected if name in control.kills or
            name in cases and set(cases[name].contracts) & set(control.breaks)}


def _red(outcome: Optional[Outcome]) -> bool:
    # That a case did not run at all says nothing about its assertions.
    return outcome is not None and not outcome.status.good \
        and outcome.status is not Status.MISSING


def judge(control: Control, cases: Mapping[Name, Case], expected: Sequence[Name],
          results: Results) -> Verdict:
    """What became of @control, by the @results of the suites on its kernel."""
    wanted = targets(control, cases, expected)
    bad = [outcome for name in expected
           for outcome in [results.outcomes.get(name)]
           if outcome and not outcome.status.good]
    by = [o for o in bad if o.key in wanted and _red(o)]
    also = [o for o in bad if o not in by]
    troubles = [trouble.what for trouble in results.troubles]
    reached = tuple(id for id in control.breaks
                    if any(id in cases[o.key].contracts for o in by))
    # Some cases there are only with more CPUs, or on another line.
    spared = tuple(name for name in control.kills
                   if name in expected and not _red(results.outcomes.get(name)))
    otherwise = tuple(name for name, said_ in zip(control.kills, control.how)
                      if name in expected and name not in spared and said_
                      and not set(ways(results.outcomes[name])) & set(said_))
    kind = Kind.ELSEWHERE if not by and (also or troubles) else \
        Kind.SURVIVED if not by else Kind.SPARED if spared else \
        Kind.OTHERWISE if otherwise else Kind.KILLED
    return Verdict(control, kind, by, also, troubles,
                   sum(name not in results.outcomes for name in expected), reached,
                   spared, results.boots, otherwise=otherwise)


def settled(control: Control, cases: Mapping[Name, Case], expected: Iterable[Name],
            outcomes: Mapping[Name, Outcome]) -> bool:
    """True if more results cannot say more about the contracts of @control.

    That is so once a case of each has turned red, and the cases that it names have
    run, or all of their cases have run.
    """
    wanted = targets(control, cases, expected)
    if wanted <= set(outcomes):
        return True
    if not wanted & set(control.kills) <= set(outcomes):
        return False
    red = {id for name in wanted & set(outcomes) if _red(outcomes[name])
           for id in cases[name].contracts}
    return set(control.breaks) <= red


def worthwhile(control: Control, cases: Mapping[Name, Case], results: Results,
               names: Sequence[Name], most_bad: int) -> bool:
    """Whether to boot once more for @names, which a bad boot has left over.

    A case of the control's own contracts always gets its boot.  For the others,
    after @most_bad boots that ended in a crash or a hang, enough is known.
    """
    if targets(control, cases, names):
        return True
    bad = sum(o.status in (Status.CRASHED, Status.HUNG)
              for o in results.outcomes.values())
    return bad < most_bad


def summary(verdicts: Sequence[Verdict]) -> list[list[str]]:
    """The table at the end of a run: a row for each control, the errors last."""
    rows = [["control", "breaks", "outcome", "also red", "by"]]
    for verdict in sorted(verdicts, key=lambda v: (v.kind is not Kind.KILLED,
                                                   v.control.name)):
        also = str(len(verdict.also) or "")
        if verdict.not_run:
            also = f"{also or 0}, {verdict.not_run} not run"
        rows.append([verdict.control.name, " ".join(verdict.control.breaks),
                     verdict.kind.value, also, verdict.why()])
    return rows
