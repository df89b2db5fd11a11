# SPDX-License-Identifier: GPL-2.0
"""mmt known: which kernel has which known bug."""

from __future__ import annotations

import sys
from typing import Optional, Sequence

from . import entry, kernels


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command; returns its exit code."""
    return kernels.main(["known", *(sys.argv[1:] if argv is None else argv)])


if __name__ == "__main__":
    sys.exit(entry.run(main))
