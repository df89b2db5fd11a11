# SPDX-License-Identifier: GPL-2.0
"""What a patch says that it touches, as far as its headers tell."""

from __future__ import annotations

import re
from typing import Iterator, Optional

_GIT = re.compile(r"^diff --git (.*)$")
_NAME = re.compile(r"^(?:rename|copy) (?:from|to) (.*)$")
_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@")
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
            "v": "\v", '"': '"', "\\": "\\"}


def unquote(name: str) -> str:
    """A file's @name as git writes it in a header, perhaps in quotes."""
    name = name.split("\t", 1)[0] if not name.startswith('"') else name
    name = name.rstrip("\r")
    if len(name) < 2 or not (name.startswith('"') and name.endswith('"')):
        return name

    out = bytearray()
    for plain, escape in re.findall(r'([^\\]+)|\\([abfnrtv"\\]|[0-7]{3})', name[1:-1]):
        if plain:
            out += plain.encode("utf-8", "surrogateescape")
        elif escape in _ESCAPES:
            out += _ESCAPES[escape].encode()
        else:
            out.append(int(escape, 8) & 0xff)
    return out.decode("utf-8", "surrogateescape")


def _below(name: str) -> Optional[str]:
    """@name without its first component; None for /dev/null."""
    name = unquote(name)
    if name == "/dev/null":
        return None
    return name if name.startswith("/") else name.partition("/")[2] or name


def _both(names: str) -> Iterator[str]:
    """The names in a line "diff --git", which may hold blanks without quotes."""
    if names.startswith('"'):
        end = re.match(r'"(?:[^"\\]|\\.)*"', names)
        if end:
            yield end.group(0)
            yield names[end.end():].strip()
        return
    for match in re.finditer(" ", names):
        old, new = names[:match.start()], names[match.end():]
        if old.partition("/")[2] == new.partition("/")[2] or new.startswith('"'):
            yield old
            yield new


def touched(text: str) -> set[str]:
    """The paths (below the tree) that a patch with this @text touches.

    Those that are named in what only looks like a header may be among them.
    """
    paths: set[str] = set()
    lines = text.split("\n")
    for number, line in enumerate(lines):
        found: list[Optional[str]] = []
        git, name = _GIT.match(line), _NAME.match(line)
        if git and _extended(lines, number):
            found = [_below(one) for one in _both(git.group(1))]
        elif name and _in_header(lines, number):
            found = [unquote(name.group(1))]
        elif line.startswith("--- ") and number + 2 < len(lines) and \
                lines[number + 1].startswith("+++ ") and \
                lines[number + 2].startswith("@@ -"):
            found = [_below(line[4:]), _below(lines[number + 1][4:])]
        paths.update(path for path in found if path)
    return paths


def _extended(lines: list[str], number: int) -> bool:
    """True if the line behind that of this @number goes on with a header of git."""
    return number + 1 < len(lines) and lines[number + 1].startswith((
        "index ", "old mode ", "new mode ", "new file ", "deleted file ", "similarity ",
        "dissimilarity ", "rename ", "copy ", "--- ", "GIT binary"))


def _in_header(lines: list[str], number: int) -> bool:
    """True if a "diff --git" stands a few lines ahead of this @number."""
    return any(_GIT.match(line) for line in lines[max(0, number - 6):number])


def hunk(text: str, path: str, start: int) -> "tuple[int, list[str]]":
    """(number, lines that it expects) of the hunk of @path that begins at the line @start of
    the old file; 0 and none if there is none."""
    count, here = 0, False
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if line.startswith(("--- ", "+++ ")):
            name = _below(line[4:])
            if line.startswith("---") or name:
                here, count = name == path or here and name is None, 0
        match = _HUNK.match(line)
        if match and here:
            count += 1
            if int(match.group(1)) == start:
                return count, _expected(lines[number + 1:], int(match.group(2) or 1))
    return 0, []


def _expected(lines: list[str], many: int) -> list[str]:
    """The first @many of @lines, the rest of a patch, that the old file has to have."""
    return [line[1:] for line in lines if not line.startswith(("+", "\\"))][:many]


def context(text: str) -> int:
    """How many lines of context the hunks have at most, ahead of or behind a change."""
    most = run = 0
    old = new = 0                       # what is left of the hunk
    ahead = True
    for line in text.split("\n"):
        if not old and not new:
            match = _HUNK.match(line)
            if match:
                old, new = (1 if word is None else int(word)
                            for word in match.groups()[1:])
                run, ahead = 0, True
            continue
        if line[:1] in ("", " "):
            run += 1
            old, new = max(0, old - 1), max(0, new - 1)
            if not old and not new:
                most = max(most, run)
            continue
        if ahead:
            most = max(most, run)
        run, ahead = 0, False
        old = max(0, old - line.startswith("-"))
        new = max(0, new - line.startswith("+"))
    return most
