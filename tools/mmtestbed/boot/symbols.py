# SPDX-License-Identifier: GPL-2.0
"""Functions and lines of a kernel's binary."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Sequence

from ..errors import HostError
from ..host import confine, proc
from ..kernel import tree

_SYMBOL = re.compile(r"([A-Za-z_][\w.]*)\+0x([0-9a-f]+)(?:/0x[0-9a-f]+)?$")
_ADDRESS = re.compile(r"0x[0-9a-f]+$")
# What addr2line says of a line: a path, which may be that of a header.
_LINE = re.compile(r"(.*):(\d+)(?: \(discriminator \d+\))?$")


def output(command: list[str]) -> str:
    """What @command prints about a kernel; nothing if it cannot be had."""
    try:
        done = proc.run(command, env=confine.environment(), cage=confine.boots())
    except HostError:
        return ""
    return done.output if done.code == 0 else ""


def table(kernel: Path) -> list[tuple[int, str]]:
    """The functions of @kernel: address and name, by address."""
    return [(int(address, 16), name) for address, name in
            re.findall(r"^([0-9a-f]+) [tTwW] (\S+)$", output(["nm", "-n", str(kernel)]),
                       re.MULTILINE)]


def lines_of(kernel: Path, places: Sequence[str]) -> dict[str, str]:
    """For each of @places, as function+offset/size, 'function file.c:12', if @kernel has
    debug information there.  A place is where a call returns to.

    What has been inlined is left out: the line is that of the first function which is in
    a source file and not in a header.
    """
    known = {name: address for address, name in table(kernel)}
    addresses = {}
    for place in places:
        match = _SYMBOL.match(place)
        if match and match.group(1) in known:
            addresses[place] = hex(known[match.group(1)] + int(match.group(2), 16) - 1)
    if not addresses:
        return {}
    said = output(["addr2line", "-a", "-i", "-f", "-e", str(kernel), *addresses.values()])
    frames: dict[int, list[tuple[str, str]]] = {}
    here: list[tuple[str, str]] = []
    function = ""
    for text in said.splitlines():
        if _ADDRESS.match(text):
            here = frames.setdefault(int(text, 16), [])
            function = ""
        elif not function:
            function = text
        else:
            match = _LINE.match(text)
            if match and match.group(1) != "??":
                here.append((function, f"{tree.plain(match.group(1))}:{match.group(2)}"))
            function = ""
    found = {}
    for place, address in addresses.items():
        inner = frames.get(int(address, 16), [])
        best = next((each for each in inner if ".c:" in each[1]), None)
        if best:
            found[place] = " ".join(best)
    return found
