# SPDX-License-Identifier: GPL-2.0
"""The kernel trees that the user has named once and for all, for lines that Debian lacks."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Iterator, Optional

from ..errors import UsageError
from ..model.lines import Line

# For people: where they are named.
WHERE = "MMTB_KERNELS or ~/.config/mm-testbed/kernels (see Documentation/kernels.rst)"
_FACT = re.compile(r"^(VERSION|PATCHLEVEL|SUBLEVEL)\s*=[ \t]*(\d+)", re.MULTILINE)


def _file() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return Path(base) / "mm-testbed" / "kernels"


def named() -> list[Path]:
    """The folders that the user has named, in the environment, else in the file.

    Raises UsageError.
    """
    wanted = os.environ.get("MMTB_KERNELS")
    if wanted is not None:
        return [Path(name).expanduser() for name in wanted.split(":") if name]
    try:
        text = _file().read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeError) as err:
        raise UsageError(f"cannot read {_file()}: {err}") from None
    return [Path(line.strip()).expanduser() for line in text.splitlines()
            if line.strip() and not line.startswith("#")]


def _version(tree: Path) -> tuple[int, int, int]:
    """That of the top Makefile; zeroes if there is none."""
    try:
        with open(tree / "Makefile", encoding="utf-8", errors="replace") as file:
            facts = dict(_FACT.findall(file.read(1024)))
    except OSError:
        return (0, 0, 0)
    return (int(facts.get("VERSION", 0)), int(facts.get("PATCHLEVEL", 0)),
            int(facts.get("SUBLEVEL", 0)))


def all_named() -> Iterator[Path]:
    """The kernel trees that the user has named.  Raises UsageError."""
    for folder in named():
        if (folder / "Kbuild").exists():
            yield folder
        elif folder.is_dir():
            yield from sorted(path for path in folder.iterdir()
                              if (path / "Kbuild").exists())


def of(line: Line) -> Optional[Path]:
    """The newest tree of @line that the user has named; None if there is none, or if
    Debian has the line.

    Raises UsageError.
    """
    if line.debian:
        return None
    found = [(_version(tree), tree) for tree in all_named()
             if line.covers(_version(tree)[:2])]
    return max(found)[1] if found else None
