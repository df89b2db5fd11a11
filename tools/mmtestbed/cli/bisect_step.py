# SPDX-License-Identifier: GPL-2.0
"""One step of a bisection, for people who drive git bisect run themselves.

git bisect run takes any exit status from 1 to 127 but 125 for a bad commit: whatever
is not the fault of the commit must end beyond.
"""

from __future__ import annotations

import traceback
from typing import Callable, Optional, Sequence

from .bisect_status import ABORT


def guarded(work: Callable[[], int]) -> int:
    """The exit code of @work, whatever happens in there."""
    try:
        return work()
    except SystemExit as err:
        return 0 if not err.code else ABORT
    except OSError:
        raise                           # of the standard output: entry.py knows
    except Exception:
        traceback.print_exc()
        return ABORT


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command; returns its exit code."""
    def work() -> int:
        # Even this may fail, on a commit of ours that is broken.
        from . import step              # pylint: disable=import-outside-toplevel
        return step.main(argv or [])

    return guarded(work)
