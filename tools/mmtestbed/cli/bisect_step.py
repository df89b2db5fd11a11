# SPDX-License-Identifier: GPL-2.0
"""scripts/bisect-step.sh: one step, for people who drive git bisect run themselves.

git bisect run takes any exit status from 1 to 127 but 125 for a bad commit: whatever
is not the fault of the commit must end beyond.
"""

from __future__ import annotations

import sys
import traceback
from typing import Sequence

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


def main(argv: Sequence[str]) -> int:
    """The command; returns its exit code."""
    try:
        from . import step
        return step.main(argv)
    except SystemExit as err:
        return 0 if not err.code else ABORT
    except OSError:
        raise                           # of the standard output: entry.py knows
    except Exception:
        traceback.print_exc()
        return ABORT


if __name__ == "__main__":
    from . import entry
    sys.exit(entry.run(lambda: main(sys.argv[1:]), ABORT, ABORT))
