# SPDX-License-Identifier: GPL-2.0
"""Read the kernel's console line by line and pick out the KTAP.

Kernel messages, time stamps, carriage returns and terminal escapes may come
between; what is not KTAP is handed on as Other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Optional, Union

_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>]")
_STAMP = re.compile(r"^(?:<\d+>)?\[\s*\d+\.\d+\](?:\[\s*[TC]\d+\])? ?")
_VERSION = re.compile(r"^( *)K?TAP version \d+$")
_SUBTEST = re.compile(r"^ *# Subtest: (.+)$")
_PLAN = re.compile(r"^( *)1\.\.(\d+)(?: # SKIP\b.*)?$")
_RESULT = re.compile(r"^( *)(not ok|ok) (\d+)(?: -)? ?(.*?)"
                     r"(?:\s*# (SKIP|TODO)\b\s*(.*))?$", re.IGNORECASE)
INDENT = 4


@dataclass(frozen=True)
class Version:
    """A KTAP header at @level (0: all suites, 1: a suite, 2: parameters)."""

    level: int


@dataclass(frozen=True)
class Subtest:
    """A suite or a parametrised case begins."""

    name: str
    level: int


@dataclass(frozen=True)
class Plan:
    """@count results are promised at @level."""

    count: int
    level: int


@dataclass(frozen=True)
class Result:
    """A result line at @level: of a suite (0), a case (1), a parameter (2).

    @skip: the reason if it was skipped, which may be empty; else None.
    """

    ok: bool
    number: int
    name: str
    level: int
    skip: Optional[str]


@dataclass(frozen=True)
class Other:
    """Diagnostics of a case, or a message of the kernel."""

    text: str


Event = Union[Version, Subtest, Plan, Result, Other]


def clean(raw: str) -> str:
    """One line of the console without terminal noise and printk's time stamp."""
    text = _ESCAPE.sub("", raw).replace("\r", "").rstrip("\n")
    return _STAMP.sub("", text, count=1).rstrip()


def parse(text: str) -> Event:
    """What the cleaned line @text means."""
    match = _VERSION.match(text)
    if match:
        return Version(len(match.group(1)) // INDENT)
    match = _SUBTEST.match(text)
    if match:
        # The comment stands at the level of the results that follow.
        depth = len(text) - len(text.lstrip())
        return Subtest(match.group(1).strip(), depth // INDENT)
    match = _PLAN.match(text)
    if match:
        return Plan(int(match.group(2)), len(match.group(1)) // INDENT)
    match = _RESULT.match(text)
    if match:
        indent, word, number, name, directive, reason = match.groups()
        skip = reason if (directive or "").upper() == "SKIP" else None
        return Result(word.lower() == "ok", int(number), name.strip(),
                      len(indent) // INDENT, skip)
    return Other(text)
