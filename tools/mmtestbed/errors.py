# SPDX-License-Identifier: GPL-2.0
"""What can go wrong, and the exit code that goes with it.

Each exception carries one line for a person: what happened and what to do.
Details (a compiler's first errors, a rejected hunk) follow in ``details``.
"""

from __future__ import annotations

import enum
from typing import Sequence


class Exit(enum.IntEnum):
    """Exit codes of the commands; documented in Documentation/run.rst."""

    PASSED = 0
    FAILED = 1
    USAGE = 2
    BROKEN = 125


class TestbedError(Exception):
    """The tree could not be prepared, patched, configured or built."""

    code = Exit.BROKEN

    def __init__(self, message: str, details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.details = tuple(details)


class UsageError(TestbedError):
    """The command line or the tree it names makes no sense."""

    code = Exit.USAGE


class HostError(TestbedError):
    """The machine is at fault (a tool, the disk, the network), whatever the tree."""


class Unavailable(HostError):
    """A line that this machine cannot have; what else there is goes on."""


class Refused(TestbedError):
    """The host refuses a mount or a namespace: the caller falls back."""


class Interrupted(BaseException):
    """A signal asked us to stop.  Not an Exception: nobody may swallow it.

    @tidy: the command that was running has cleaned up after itself.
    """

    def __init__(self, signum: int) -> None:
        super().__init__(f"signal {signum}")
        self.signum = signum
        self.tidy = False
