# SPDX-License-Identifier: GPL-2.0
"""The words behind --: options of scripts/run.sh for a command that tests many kernels."""

from __future__ import annotations

import dataclasses
from typing import Sequence

from ..errors import UsageError
from ..history import trial
from ..model.options import Options
from . import run_options

# Options of run.sh that make no sense for more than one kernel, or that we set.
_OURS = ("--kdir", "--filter", "--exclude", "--changed", "--fail-fast", "--list", "--dry-run",
         "--repeat", "--shuffle", "--seconds", "--gdb", "--raw", "--json", "--junit", "--ktap",
         "--reach", "--keep", "--build-dir", "--shard", "--kcidb")


def split(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """(our words, those for run.sh): what follows the first --."""
    words = list(argv)
    if "--" not in words:
        return words, []
    cut = words.index("--")
    return words[:cut], words[cut + 1:]


def options(words: Sequence[str], kdir: str, me: str,
                install: bool = True) -> Options:
    """The options of run.sh in @words, for kernels below @kdir.  Raises UsageError.

    @install: False if nothing may be installed.
    """
    mine = list(words[:words.index("--")] if "--" in words else words)
    for word in mine:
        name = word.partition("=")[0]
        if name in _OURS:
            raise UsageError(f"{name} is not for run.sh here; see {me} --help")
    parsed = run_options.parse(["--timeout", trial.TIMEOUT, *words])
    if parsed.filter or parsed.select:
        raise UsageError(f"cases are not for run.sh here, but for --case; see {me} --help")
    return dataclasses.replace(parsed, kdir=kdir, install=install and parsed.install)
