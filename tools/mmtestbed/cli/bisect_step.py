# SPDX-License-Identifier: GPL-2.0
"""scripts/bisect-step.sh: one step, for people who drive git bisect run themselves.

git bisect run takes any exit status from 1 to 127 but 125 for a bad commit: whatever
is not the fault of the commit must end beyond.
"""

from __future__ import annotations

import sys
import traceback
from typing import Sequence

from .bisect_status import ABORT


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
