# SPDX-License-Identifier: GPL-2.0
"""The exit status of one step of a bisection, as git bisect run wants it."""

from __future__ import annotations

# The machine or the call is at fault: git bisect run gives up.
ABORT = 255
_SIGNALS = range(129, 160)


def exit_status(code: int, host: bool) -> int:
    """What to tell git for @code of ours; @host: it was the machine's fault."""
    if code in _SIGNALS:
        return code
    if host or code not in (0, 1, 125):
        return ABORT
    return code
