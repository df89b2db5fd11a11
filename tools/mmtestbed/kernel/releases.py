# SPDX-License-Identifier: GPL-2.0
"""The releases that the variants of a patch are made on, and which of them is near to a tree."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Iterable


def _release(version: str) -> int:
    """A number that grows by one with each release, of a @version such as 6.12."""
    major, minor = ([int(word) for word in re.findall(r"\d+", version)] + [0, 0])[:2]
    return 20 * major + minor


def variants(patch: Path, version: str = "") -> list[Path]:
    """The variants of @patch; the patch itself if it is a file.

    Each is called after the kernel that it was made on: those come first that were made
    nearest to @version, and the newest if that is not known.
    """
    if not patch.is_dir():
        return [patch]
    return [patch / f"{name}.patch" for name in by_distance(
        [path.stem for path in patch.glob("*.patch")], version)]


def by_distance(releases: Iterable[str], version: str) -> list[str]:
    """@releases, those nearest to @version first; the newest if that is not known."""
    here = _release(version) or 1 << 20
    return sorted(releases, key=lambda name: (abs(_release(name) - here), name))


def version_of(makefile: bytes) -> str:
    """The version that a top Makefile states, such as 6.12; "" if it has none."""
    facts = dict(re.findall(rb"^(VERSION|PATCHLEVEL)\s*=[ \t]*(\d+)", makefile, re.MULTILINE))
    return b".".join(facts[key] for key in (b"VERSION", b"PATCHLEVEL")).decode() \
        if len(facts) == 2 else ""
