# SPDX-License-Identifier: GPL-2.0
"""The table of how device pages are counted, from what the cases of runs have printed.

A row is "TYPE | FRESH | GOT | USED | LAST | PGMAP | USED": the references of a new page,
whether folio_try_get() got it, its references in use and after the last put, and those that it
has on its pgmap when it is new and when it is in use.
"""

from __future__ import annotations

from typing import Callable, Sequence

from ..errors import TestbedError
from ..ui import tables
from .results import Record

_HEADING = ["memory", "kernel", "group", "new", "folio_try_get()", "in use", "after the last put",
            "on the pgmap", "in use"]


def rst(records: Sequence[Record], when: Callable[[Record], str]) -> list[str]:
    """One table of @records, by type of memory.

    @when: which commit a record is of.  Raises TestbedError.
    """
    if not records:
        return ["No run is recorded."]
    found: dict[str, list[list[str]]] = {}
    for record in records:
        for row in record["rows"]:
            cells = row.split(" | ")
            if len(cells) != len(_HEADING) - 2:
                raise TestbedError(f"a record holds '{row}', which is no row of the table; "
                                   "record the result again")
            found.setdefault(cells[0], []).append(
                [cells[0], record["kernel_version"], ", ".join(record["groups"]) or "-",
                 *cells[1:]])
    lines = [f"* Linux {record['kernel_version']}, "
             f"{'with ' + ', '.join(record['groups']) if record['groups'] else 'as it is'} "
             f"({when(record)})" for record in records]
    return [*lines, "", *tables.rst([_HEADING, *(row for rows in found.values()
                                                 for row in rows)])]
