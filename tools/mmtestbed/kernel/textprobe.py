# SPDX-License-Identifier: GPL-2.0
"""Questions to the text of a kernel: a backport has no version, but it has a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional

from ..errors import TestbedError

_LINE = re.compile(r"(?P<path>[\w./+-]+?)(?::(?P<function>\w+))? (?P<verb>has|lacks) "
                   r"/(?P<pattern>.+)/")
# Reads the file of a tree; None if it is not there.
Read = Callable[[str], Optional[bytes]]


@dataclass(frozen=True)
class Probe:
    """One question.

    @path: of the file, below the tree.
    @function: the function in there that is looked at; "": the whole file.
    @has: True if @pattern has to be there, False if it may not.
    @pattern: a regular expression; a blank in it stands for any white space, and ^ and $
        for the ends of a line.
    """

    path: str
    function: str
    has: bool
    pattern: str

    def holds(self, read: Read) -> bool:
        """True if the tree that @read reads is as the probe says."""
        data = read(self.path)
        text = "" if data is None else data.decode("utf-8", "replace")
        if self.function:
            text = body(text, self.function)
        found = re.search(self.pattern.replace(" ", r"\s+"), text, re.MULTILINE)
        return bool(found) is self.has

    def __str__(self) -> str:
        where = f"{self.path}:{self.function}" if self.function else self.path
        return f"{where} {'has' if self.has else 'lacks'} /{self.pattern}/"


def parse(text: str, name: str) -> list[Probe]:
    """The probes in @text, one a line; @name says where it is from.

    Raises TestbedError.
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        try:
            if not match:
                raise ValueError
            re.compile(match["pattern"])
        except (ValueError, re.error):
            raise TestbedError(f"{name}:{number}: {line.strip()!r} is not PATH[:FUNCTION] "
                               "has|lacks /PATTERN/") from None
        found.append(Probe(match["path"], match["function"] or "", match["verb"] == "has",
                           match["pattern"]))
    return found


def read(path: Path) -> list[Probe]:
    """parse() of the file @path.  Raises TestbedError."""
    try:
        return parse(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeError) as err:
        raise TestbedError(f"cannot read {path}: {err}; restore it from git") from None


def body(text: str, function: str) -> str:
    """The definition of @function in @text, by the layout that kernel code has; "" if
    there is none."""
    head = re.compile(rf"^(?![ \t#/*]).*\b{re.escape(function)}\(|"
                      rf"^{re.escape(function)}\(", re.MULTILINE)
    for match in head.finditer(text):
        end = text.find("\n}", match.start())
        part = text[match.start():end + 2 if end >= 0 else len(text)]
        # A declaration, or a call in a macro, ends ahead of the first brace.
        if ";" not in part.partition("{")[0] and "{" in part:
            return part
    return ""
