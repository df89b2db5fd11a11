# SPDX-License-Identifier: GPL-2.0
"""Contract x (cases, controls, state), from the ids in the sources.

The ids stand in the kernel-doc of the cases and in the headers of the controls;
Documentation/contracts.rst says which there are, README.rst which are claimed.
"""

from __future__ import annotations

import collections
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping, Optional, Sequence

from ..errors import Exit, TestbedError
from ..host import cachedir
from ..kernel import provenance, source
from ..model import cases, configs, lines
from ..model.cases import Case
from ..model.outcomes import Status
from ..ui import tables, words
from ..ui.console import Console
from . import controls, ledger
from .controls import Control

_ID = re.compile(r"[A-Z]{2,}-\d+")
# A row of a table begins with the id: "MW-2 ...", "| MW-2 | ...", "* - MW-2".
_ROW = re.compile(r"^(?:\|\s*|\*\s+-\s+)?([A-Z]{2,}-\d+)\b(.*)$")
_MORE = re.compile(r"^\s+(?:-\s+)?(.*)$")


def claims(readme: str) -> set[str]:
    """The contracts whose row in a table of @readme has the word "yes".

    The words of a row may go on in the lines that follow, as in a list-table.
    """
    found = set()
    row = ""
    for text in readme.splitlines():
        match = _ROW.match(text)
        more = _MORE.match(text)
        if match:
            row, words = match.group(1), match.group(2)
        elif more and row and text.strip():
            words = more.group(1)
        else:
            row, words = "", ""
        if row and re.search(r"(?:^|[\s|])yes(?:$|[\s|,;:])", words):
            found.add(row)
    return found


@dataclass(frozen=True)
class Facts:
    """All that the matrix is made of, for one line.

    @contracts: the ids, in the order of Documentation/contracts.rst.
    @claimed: those that README.rst claims.
    @measured: those of which a case prints a figure.
    @elsewhere: those that controls break on other kernels only.
    @results: what became of controls, by name, if it still holds.
    """

    contracts: Sequence[str]
    cases: Sequence[Case]
    controls: Sequence[Control]
    claimed: frozenset[str]
    results: Mapping[str, Mapping[str, Any]]
    measured: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()

    @staticmethod
    def gather(repository: Path, line: lines.Line, config: configs.Config,
               known_cases: Sequence[Case], known_controls: Sequence[Control],
               results: Mapping[str, Mapping[str, Any]]) -> "Facts":
        """The facts of @repository, with @results of the tree that it is asked about.

        Raises TestbedError if a document is missing.
        """
        texts = {}
        for name in ("Documentation/contracts.rst", "README.rst"):
            try:
                texts[name] = (repository / name).read_text(encoding="utf-8")
            except OSError as err:
                raise TestbedError(f"cannot read {name}: {err.strerror}; restore it "
                                   "from git") from None
        seen = provenance.inputs(repository, line, config)
        here = [c for c in known_controls if c.is_for(line.name)]
        digests = {control.name: control.digest for control in here}
        valid = {name: entry for name, entry in results.items()
                 if entry.get("inputs") == seen
                 and entry.get("digest") == digests.get(name)}
        return Facts(cases.contracts_of(texts["Documentation/contracts.rst"]),
                     [case for case in known_cases if case.contracts], here,
                     frozenset(claims(texts["README.rst"])), valid,
                     frozenset(id for case in known_cases for id in case.measures),
                     frozenset(id for control in known_controls for id in control.breaks)
                     - frozenset(id for control in here for id in control.breaks))

    def cases_of(self, contract: str) -> list[Case]:
        """The cases that assert @contract."""
        return [case for case in self.cases if contract in case.contracts]

    def controls_of(self, contract: str) -> list[Control]:
        """The controls that break @contract."""
        return [control for control in self.controls if contract in control.breaks]

    def killed(self, contract: str) -> Optional[int]:
        """How many of its controls a case of @contract has killed; None if unknown."""
        mine = self.controls_of(contract)
        if not mine or any(control.name not in self.results for control in mine):
            return None
        return sum(contract in self.results[control.name].get("contracts_reached", [])
                   for control in mine)

    def never_red(self) -> Optional[list[Case]]:
        """Cases that no control has turned red; None if some have not been run."""
        if any(control.name not in self.results for control in self.controls):
            return None
        red = {(entry["suite"], entry["name"]) for result in self.results.values()
               for entry in [*result["killed_by"], *result["also_failed"]]
               if entry["status"] != Status.MISSING.value}
        return [case for case in self.cases if (case.suite, case.name) not in red]

    def state(self, contract: str) -> str:
        """One or two words on @contract."""
        if not self.cases_of(contract):
            return "measured" if contract in self.measured else "no case"
        if not self.controls_of(contract):
            return "other kernels" if contract in self.elsewhere else "no control"
        killed = self.killed(contract)
        if killed is None:
            return "not run"
        return "proven" if killed else "not proven"

    def rows(self) -> list[list[str]]:
        """The matrix; its first row is the heading."""
        rows = [["contract", "claimed", "cases", "controls", "killed", "state"]]
        for contract in self.contracts:
            killed = self.killed(contract)
            rows.append([contract, "yes" if contract in self.claimed else "no",
                         str(len(self.cases_of(contract))),
                         str(len(self.controls_of(contract))),
                         "-" if killed is None else str(killed), self.state(contract)])
        return rows

    def covered(self) -> list[list[str]]:
        """The rows as README.rst shows them; what is covered may be claimed there."""
        rows = [["contract", "covered", "cases", "controls", "killed"]]
        for contract, _, cases_, controls_, killed, state in self.rows()[1:]:
            word = {"proven": "yes", "not run": "not run",
                    "measured": "measured"}.get(state, "no")
            rows.append([contract, word, cases_, controls_, killed])
        return rows

    def problems(self) -> list[str]:
        """What makes the matrix fail, in one line each."""
        known = set(self.contracts)
        found = []
        for contract in self.contracts:
            if contract not in self.claimed:
                continue
            if not self.cases_of(contract):
                found.append(f"README.rst claims {contract}, which no case asserts")
            if not self.controls_of(contract) and contract not in self.elsewhere:
                found.append(f"README.rst claims {contract}, which no control breaks")
        for contract in sorted(self.claimed - known):
            found.append(f"README.rst claims {contract}, which "
                         "Documentation/contracts.rst does not have")
        for case in self.cases:
            found += [f"{case.full_name} names {id}, which Documentation/contracts.rst "
                      "does not have" for id in case.contracts if id not in known]
        for control in self.controls:
            found += [f"{control.name} names {id}, which Documentation/contracts.rst "
                      "does not have" for id in control.breaks if id not in known]
        return found

    def closing_line(self, problems: Sequence[str]) -> str:
        """The matrix in one line."""
        tally = collections.Counter(self.state(contract) for contract in self.contracts)
        states = ", ".join(f"{tally[state]} {state}" for state in
                           ("proven", "not proven", "not run", "other kernels",
                            "no control", "no case", "measured")
                           if tally[state])
        word = "FAIL" if problems else "PASS"
        return (f"{word}: {words.count(len(self.contracts), 'contract')}, "
                f"{len(self.claimed)} claimed; {states}")


@dataclass(frozen=True)
class Wanted:
    """Which matrix to print.

    @kdir: the tree whose results count; Debian's source of @line if "".
    @rst: as README.rst has it.
    """

    line: lines.Line
    config: configs.Config
    kdir: str
    rst: bool


def results(wanted: Wanted, console: Console) -> tuple[str, Mapping[str, ledger.Entry]]:
    """The tree that @wanted means, for people, and what is known of it."""
    cache = cachedir.root(console, create=False)
    if wanted.kdir:
        origin: Optional[source.Source] = source.from_kdir(wanted.kdir, wanted.line,
                                                           console)
    else:
        origin = source.present(wanted.line, cache)
    if origin is None:
        return f"no source of Linux {wanted.line.name} here", {}
    try:
        place = ledger.place(origin, wanted.config)
    except OSError as err:
        raise TestbedError(f"cannot read {err.filename}: {err.strerror}; check what "
                           "its owner allows") from None
    return f"Linux {origin.version} ({origin.origin})", ledger.known(cache, place)


def show(repository: Path, wanted: Wanted, console: Console) -> int:
    """Print the matrix of @repository and what is wrong with it; the exit code."""
    which, known = results(wanted, console)
    facts = Facts.gather(
        repository, wanted.line, wanted.config, cases.read(repository / "mm" / "kunit"),
        controls.read(repository / "patches" / "controls"), known)
    console.lines(tables.rst(facts.covered()) if wanted.rst
                  else tables.plain(facts.rows()), "")
    problems = facts.problems()
    for problem in problems:
        print(f"mm-testbed: {problem}", file=sys.stderr, flush=True)
    if not wanted.rst:
        never = facts.never_red()
        if never:
            console.line(f"{words.count(len(never), 'case')} that no control turns "
                         "red:")
            console.lines([case.full_name for case in never])
        console.line(f"{facts.closing_line(problems)}; {which}")
    return Exit.FAILED if problems else Exit.PASSED
