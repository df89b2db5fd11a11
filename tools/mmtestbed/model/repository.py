# SPDX-License-Identifier: GPL-2.0
"""This repository: where it is, and the suites in it."""

from __future__ import annotations

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
# Where the suites are, here and below the tree that they are laid over.
SUITES = REPOSITORY / "mm" / "kunit"
CONTROLS = REPOSITORY / "patches" / "controls"


def suite_files() -> dict[str, bytes]:
    """mm/kunit of this repository, by path below the tree."""
    return {str(path.relative_to(REPOSITORY)): path.read_bytes()
            for path in sorted(SUITES.rglob("*"))
            if path.is_file() and (path.suffix in (".c", ".h", ".S", ".mk")
                                   or path.name in ("Kconfig", "Makefile"))}
