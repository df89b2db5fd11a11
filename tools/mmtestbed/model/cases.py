# SPDX-License-Identifier: GPL-2.0
"""The cases as the sources describe them: contracts, summaries, suites.

The kernel-doc comment directly above a case is the only place that says which
contracts it asserts, and which reports of the kernel it has to end in.  Which cases there are to run, the kernel itself says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_DOC = re.compile(r"/\*\*\n((?:(?!\*/).)*?)\*/\s*\n"
                  r"(?:static\s+)?(?:\w+\s+)*void\s+(\w+)\s*\(\s*struct\s+kunit\s*\*",
                  re.DOTALL)
_ARRAY = re.compile(r"struct\s+kunit_case\s+(\w+)\s*\[\s*\]\s*=\s*\{(.*?)\n?\}\s*;",
                    re.DOTALL)
_CASE = re.compile(r"\bKUNIT_CASE\w*\(\s*(\w+)")
_SUITE = re.compile(r"struct\s+kunit_suite\s+\w+\s*=\s*\{(.*?)\n\}\s*;", re.DOTALL)
_CONTRACT = re.compile(r"^\s*\*?\s*Contracts?:\s*(.+)$", re.MULTILINE)
_REPORT = re.compile(r"^\s*\*?\s*Report:\s*(.+?)\s*$", re.MULTILINE)
_MEASURE = re.compile(r"^\s*\*?\s*Measures:\s*(.+?)\s*$", re.MULTILINE)
_RANDOM = re.compile(r"^\s*\*?\s*Random:\s*(.+?)\s*$", re.MULTILINE)
_ID = re.compile(r"[A-Z]{2,}-\d+")


@dataclass(frozen=True)
class Case:
    """One case in the sources.

    @contracts: ids such as MW-2, in the order of the comment.
    @summary: the first sentence of the comment.
    @file, @line: where its function is.
    @reports: what the kernel has to report in it; see due_reports.py.
    @random: what it draws from its seed, "" if nothing.
    @measures: ids of which it prints a figure, and asserts nothing.
    """

    suite: str
    name: str
    contracts: tuple[str, ...]
    summary: str
    file: str
    line: int
    reports: tuple[str, ...] = ()
    random: str = ""
    measures: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        """suite.case, as KUnit's filters have it."""
        return f"{self.suite}.{self.name}"


_Doc = tuple[tuple[str, ...], str, int, tuple[str, ...], str, tuple[str, ...]]


def _docs(text: str) -> dict[str, _Doc]:
    """(contracts, summary, line, reports, random, measures) by function."""
    found = {}
    for match in _DOC.finditer(text):
        body, name = match.groups()
        contracts, measures = (
            tuple(id for line in pattern.findall(body) for id in _ID.findall(line))
            for pattern in (_CONTRACT, _MEASURE))
        prose: list[str] = []
        for line in (line.strip().lstrip("*").strip() for line in body.splitlines()):
            if not line and prose or line.startswith("@") or _CONTRACT.match(line):
                break
            if line:
                prose.append(line)
        summary = " ".join(prose)
        summary = re.sub(rf"^{name}\s*(?:\(\))?\s*[-:]\s*", "", summary)
        found[name] = (contracts, summary, text[:match.end()].count("\n") + 1,
                       tuple(_REPORT.findall(body)),
                       "; ".join(_RANDOM.findall(body)), measures)
    return found


def parse(text: str, file: str) -> list[Case]:
    """The cases in the C source @text of @file."""
    docs = _docs(text)
    code = _COMMENT.sub(" ", text)
    arrays = {name: _CASE.findall(body) for name, body in _ARRAY.findall(code)}
    cases = []
    for body in _SUITE.findall(code):
        name = re.search(r'\.name\s*=\s*"([^"]+)"', body)
        array = re.search(r"\.test_cases\s*=\s*(\w+)", body)
        if not name or not array:
            continue
        for case in arrays.get(array.group(1), []):
            contracts, summary, line, reports, random, measures = docs.get(
                case, ((), "", 0, (), "", ()))
            cases.append(Case(name.group(1), case, contracts, summary, file, line,
                              reports, random, measures))
    return cases


def read(folder: Path) -> list[Case]:
    """All cases of the suites in @folder (mm/kunit), by file and order."""
    return [case for path in sorted(folder.rglob("*_kunit.c"))
            for case in parse(path.read_text(encoding="utf-8", errors="replace"),
                              f"mm/kunit/{path.relative_to(folder)}")]


def promise(text: str, name: str) -> list[str]:
    """The kernel-doc of the case @name in the C source @text, as paragraphs.

    Without the lines on its arguments and contracts; empty if there is none.
    """
    for body, function in _DOC.findall(text):
        if function == name:
            break
    else:
        return []
    lines = [re.sub(r"^\s*\* ?", "", line).rstrip() for line in body.splitlines()]
    lines = [line for line in lines
             if not line.startswith("@") and not _CONTRACT.match(line)
             and not _RANDOM.match(line)]
    paragraphs = re.split(r"\n\s*\n", "\n".join(lines).strip())
    return [" ".join(paragraph.split()) for paragraph in paragraphs if paragraph.strip()]


def contracts_of(text: str) -> list[str]:
    """The ids that Documentation/contracts.rst (its @text) defines, in its order.

    Each is the term of a definition list: alone in its line, with the promise below.
    """
    return re.findall(r"^([A-Z]{2,}-\d+)\n(?= +\S)", text, re.MULTILINE)


def glob_match(pattern: str, name: str) -> bool:
    """The kernel's glob_match() for one name: * ? and [a-z] with ! to negate."""
    regex = ""
    rest = pattern
    while rest:
        char, rest = rest[0], rest[1:]
        if char == "*":
            regex += ".*"
        elif char == "?":
            regex += "."
        elif char == "[" and "]" in rest[1:]:
            end = rest.index("]", 1)
            body, rest = rest[:end], rest[end + 1:]
            negated = body.startswith("!")
            regex += "[" + ("^" if negated else "") + \
                re.sub(r"([\\^\[\]])", r"\\\1", body[negated:]) + "]"
        else:
            regex += re.escape(char)
    return re.fullmatch(regex, name, re.DOTALL) is not None


def selected(filter_glob: str, names: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those (suite, case) of @names that KUnit's filter_glob lets through."""
    if not filter_glob:
        return list(names)
    suite, dot, case = filter_glob.partition(".")
    return [(s, c) for s, c in names
            if glob_match(suite, s) and (not dot or glob_match(case, c))]
