# SPDX-License-Identifier: GPL-2.0
"""The cases in the sources: mmt list, and --list."""

from __future__ import annotations

from typing import Optional, Sequence

from ..errors import Exit, TestbedError, UsageError
from ..model import cases, selectors
from ..model.repository import SUITES
from ..ui.console import Console
from . import shared


def show(wanted: Sequence[str], exclude: Sequence[str], console: Console) -> int:
    """Print the cases that @wanted mean, or all that assert a contract, without @exclude.

    Raises UsageError if there are none.
    """
    known = {(case.suite, case.name): case for case in cases.read(SUITES)}
    chosen = selectors.select(wanted, known, [
        name for name, case in known.items() if case.contracts or wanted], exclude)
    if not chosen:
        raise UsageError("there are no cases; see mm/kunit")
    width = max(len(".".join(name)) for name in chosen)
    for name in chosen:
        case = known[name]
        reports = f" [reports {', '.join(case.reports)}]" if case.reports else ""
        console.line(f"{case.full_name:{width}}  {' '.join(case.contracts)}  "
                     f"{case.summary}{reports}".rstrip())
    return Exit.PASSED


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command; returns its exit code."""
    parser = shared.Parser(
        prog=shared.me("list"), allow_abbrev=False,
        description="The cases, with their contracts and what they promise.")
    shared.add_cases(parser)
    console = Console()
    try:
        args = parser.parse_intermixed_args(argv)
        return show(args.select, args.exclude, console)
    except TestbedError as err:
        console.error(err)
        return err.code
