# SPDX-License-Identifier: GPL-2.0
"""The checks of scripts/presubmit.sh, one file each.

A check is a module in this folder with a class that derives from Check, or from
SeriesCheck for what is about the series as a whole; nothing else has to know of it.
"""

from __future__ import annotations

import collections
import enum
import importlib
import pkgutil
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Iterator, Mapping, Optional, Sequence

from ...errors import HostError, TestbedError
from ...git.gitrepo import Commit, Ours
from ...history.evidence import Finding
from ...history.explain import Explainer
from ...host import proc
from ...model import functions
from ...model.outcomes import Name
from ...ui.words import count

_MESSAGE = re.compile(r"^(?:\./)?(\S+?):(\d+):(?:\d+:)? (?:error|warning): (.*)$")
# So many details of a result are worth a screen.
SHOWN = 12


class Status(enum.Enum):
    """How a check came out; only FAIL keeps a series from being sent."""

    PASS = "pass"
    WARN = "warn"
    SKIP = "skip"
    FAIL = "fail"


@dataclass(frozen=True)
class Result:
    """@line: the result in one line.  @details: more of it, for a failure."""

    status: Status
    line: str
    details: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """It for the report."""
        return {"status": self.status.value, "line": self.line,
                "details": list(self.details)}


def fails(number: int, noun: str) -> str:
    """'1 case fails', '2 cases fail'."""
    return f"{count(number, noun)} fail{'s' if number == 1 else ''}"


def skip(reason: str) -> Result:
    """A check that could not be made."""
    return Result(Status.SKIP, reason)


@dataclass(frozen=True)
class Message:
    """A warning or an error about a line."""

    path: str
    line: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


def messages(output: str) -> list[Message]:
    """The warnings and errors in what a compiler or a checker prints."""
    found = (_MESSAGE.match(line) for line in output.splitlines())
    return list(dict.fromkeys(Message(*match.groups()) for match in found if match))


def new_messages(before: Sequence[Message], after: Sequence[Message]) -> list[Message]:
    """Those of @after that @before has not, wherever its lines have moved to."""
    known = collections.Counter((m.path, m.text) for m in before)
    fresh = []
    for message in after:
        key = (message.path, message.text)
        if known[key] > 0:
            known[key] -= 1
        else:
            fresh.append(message)
    return fresh


@dataclass(frozen=True)
class Patch:
    """One patch of the series, as a commit on top of @parent.

    @files: what it touches and what is still there afterwards.
    """

    number: int
    commit: Commit
    parent: str
    files: tuple[str, ...]

    def sources(self) -> list[str]:
        """The C files among them."""
        return [path for path in self.files if path.endswith(".c")]


# Run make with these words in a throw-away copy of the build; None: cannot be had.
Make = Callable[[Sequence[str]], proc.Done]


@dataclass(frozen=True)
class Place:
    """A commit that has been checked out.

    @tree: the files, as git has them.  @scratch: a folder for one check alone.
    @built: whether a source file is part of the kernel that we build.
    @make: None where the host has no overlays.
    @checkers: the files, but with the checkers that the base of the series has; they
    are run, @confined, with @scratch to write to.
    """

    commit: str
    tree: Path
    scratch: Path
    built: Callable[[str], bool]
    make: Optional[Make]
    checkers: Path = Path()
    confined: Callable[[Sequence[str], Path], proc.Done] = \
        lambda words, folder: proc.run(words, cwd=folder)


@dataclass
class Context:
    """What a check may know of a patch.

    @before, @after: what its look() found at the parent and at the patch.
    @error: why the kernel does not build, if it does not.
    @found, @base: what the suites say at the patch and in front of it.
    @applied: how the patch was applied.
    """

    patch: Patch
    place: Place
    ours: Ours
    explainer: Explainer
    before: Sequence[Message] = ()
    after: Sequence[Message] = ()
    error: Optional[TestbedError] = None
    found: Optional[Finding] = None
    base: Optional[Finding] = None
    applied: str = ""


def _nothing(*_: object) -> None:
    raise TestbedError("there is no such kernel")


@dataclass(frozen=True)
class Fresh:
    """What a series adds to a file: @lines of @text, counted from 1."""

    lines: set[int]
    text: Sequence[str]


@dataclass
class Series:
    """What a check may know of the series.

    @base, @tip: commits.  @findings: what the suites say at each, by commit.
    @built: the files of a commit as they are built, patches of ours included.
    @cover: writes which lines of the tip run to a folder.
    @mutate: writes what became of the mutants of lines, by file, to another file.
    @explore: writes what programs of mmt explore come to, to a file.
    """

    base: str
    tip: str
    patches: Sequence[Patch]
    ours: Ours
    explainer: Explainer
    scratch: Path
    findings: Mapping[str, Finding]
    built: Callable[[str, str], Optional[bytes]]
    contracts: Mapping[Name, tuple[str, ...]] = field(default_factory=dict)
    cover: Callable[[Path], None] = _nothing
    mutate: Callable[[Mapping[str, set[int]], Path], None] = _nothing
    explore: Callable[[Sequence[str], Path], None] = _nothing
    line: str = ""

    def sources(self) -> list[str]:
        """The C files that it touches."""
        return sorted({path for patch in self.patches for path in patch.sources()})

    def fresh(self) -> dict[str, Fresh]:
        """What it adds to each C file that it touches and that is there at its tip."""
        found = {}
        for path in self.sources():
            new = self.built(self.tip, path)
            if new is None:
                continue
            for name, data in (("old", self.built(self.base, path) or b""), ("new", new)):
                (self.scratch / name).write_bytes(data)
            done = proc.run(["diff", "-U0", "old", "new"], cwd=self.scratch)
            found[path] = Fresh(functions.added(done.output),
                                new.decode("utf-8", "replace").splitlines())
        return found


class Check:
    """A check of each patch.

    @name: a word, for tables.  @title: what it is, for --help.
    @order: where it stands in reports.
    """

    name = ""
    title = ""
    order = 0

    def missing(self) -> str:
        """What keeps it from being made on this machine; "" if nothing does."""
        return ""

    def look(self, place: Place, files: Sequence[str]) -> list[Message]:
        """What there is to say about @files; is called at the parent, too."""
        del place, files
        return []

    def run(self, context: Context) -> Result:
        """The result.  Raises TestbedError if it cannot be made."""
        raise NotImplementedError


class SeriesCheck(Check):
    """A check of the whole series, once all patches have been built."""

    def judge(self, series: Series) -> Result:
        """The result.  Raises TestbedError if it cannot be made."""
        raise NotImplementedError


class OneMoreKernel(SeriesCheck):
    """A check that runs the suites at the tip once more, on a kernel made for it.

    @without: what to say where that kernel cannot be had.
    """

    without = ""

    def unfit(self, files: Sequence[str]) -> str:
        """Why it says nothing of a series that touches the C files @files; "" if it does."""
        del files
        return ""

    def measure(self, series: Series) -> Result:
        """The result.  Raises TestbedError if there is no such kernel."""
        raise NotImplementedError

    def judge(self, series: Series) -> Result:
        """Measure, where there is something to measure."""
        files = series.sources()
        if not files:
            return skip("the series touches no .c file")
        reason = self.unfit(files)
        if reason:
            return skip(reason)
        if series.tip not in series.findings:
            return skip("no kernel was booted at the tip")
        try:
            return self.measure(series)
        except HostError:
            raise
        except TestbedError as err:
            # The plain kernel has been built: it is hardly the fault of the series.
            return Result(Status.WARN, f"{self.without}: {err.message}", err.details)


class Compared(Check):
    """A check that counts what is new since the parent."""

    what = "message"

    def wanted(self, context: Context) -> list[str]:
        """The files that it is about."""
        return [path for path in context.patch.sources() if context.place.built(path)]

    def run(self, context: Context) -> Result:
        """Fail for what is new."""
        files = self.wanted(context)
        if not files:
            return skip("touches no file that this kernel is built from"
                        if context.patch.sources() else "touches no .c file")
        if context.error is not None:
            return skip("the kernel does not build")
        if context.place.make is None:
            return skip("needs an overlay, which this host refuses")
        fresh = new_messages(context.before, context.after)
        if fresh:
            return Result(Status.FAIL, f"{count(len(fresh), f'new {self.what}')}: "
                          f"{fresh[0]}", tuple(map(str, fresh[:SHOWN])))
        return Result(Status.PASS, f"nothing new in {count(len(files), 'file')}")


def _classes() -> Iterator[type[Check]]:
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Check) and \
               value.__module__ == module.__name__:
                yield value


def load() -> tuple[list[Check], list[SeriesCheck]]:
    """(the checks of each patch, those of the series), in their order."""
    found = sorted((cls() for cls in _classes()), key=lambda check: check.order)
    return ([check for check in found if not isinstance(check, SeriesCheck)],
            [check for check in found if isinstance(check, SeriesCheck)])
