# SPDX-License-Identifier: GPL-2.0
"""The cases in the sources, for --list."""

from __future__ import annotations

from ..errors import Exit, UsageError
from ..model import cases
from ..model.repository import SUITES
from ..ui.console import Console


def show(wanted: str, console: Console) -> int:
    """Print the cases that the glob @wanted selects, or all that assert a contract.

    Raises UsageError if there are none.
    """
    known = {(case.suite, case.name): case for case in cases.read(SUITES)}
    chosen = cases.selected(wanted, [name for name, case in known.items()
                                     if case.contracts or wanted])
    if not chosen:
        raise UsageError(f"no case matches {wanted or 'anything'}; see --list")
    width = max(len(".".join(name)) for name in chosen)
    for name in chosen:
        case = known[name]
        reports = f" [reports {', '.join(case.reports)}]" if case.reports else ""
        console.line(f"{case.full_name:{width}}  {' '.join(case.contracts)}  "
                     f"{case.summary}{reports}".rstrip())
    return Exit.PASSED
