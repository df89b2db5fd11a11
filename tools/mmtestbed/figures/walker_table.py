# SPDX-License-Identifier: GPL-2.0
"""The table of entries and walkers, printed by a C program from what the cases read.

tools/walker/print_table.c is compiled together with mm/kunit/walker/table.c, which is a
part of the kernel under test, and run.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from ..errors import TestbedError
from ..host import proc

PROGRAM = "tools/walker/print_table.c"
TABLE = "mm/kunit/walker/table.c"


def rst(top: Path) -> list[str]:
    """The table of the repository @top, as lines of reStructuredText.

    Raises TestbedError if it does not compile, or if a row forgets an entry; HostError
    if there is no gcc.
    """
    with tempfile.TemporaryDirectory(prefix="mm-testbed-") as folder:
        binary = str(Path(folder) / "print_table")
        done = proc.run(["gcc", "-Wall", "-Wextra", "-Werror", "-O1", "-o", binary,
                         PROGRAM, TABLE], cwd=top)
        if done.code:
            raise TestbedError(f"{TABLE} does not compile for the host; it may hold "
                               f"nothing but data:\n{done.output.rstrip()}")
        done = proc.run([binary])
    if done.code:
        raise TestbedError(f"{TABLE}: {done.output.strip()}; give it a cell")
    return done.output.splitlines()
