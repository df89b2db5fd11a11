# SPDX-License-Identifier: GPL-2.0
"""The table of what becomes of large folios, from what the cases of a run have printed.

A row is "KIND | FATE | MAPPING | W/S/F ...": how many folios moved whole, were split, and
were left, for each order from 2 on, or "-" where there is no such folio.
"""

from __future__ import annotations

from typing import Callable, Sequence

from ..errors import TestbedError
from ..ui import tables
from .results import Record

FIRST_ORDER = 2
_HEADING = ["folio", "meets", "mapped", "orders", "whole", "split", "left"]


def rst(records: Sequence[Record], when: Callable[[Record], str]) -> list[str]:
    """A table for @records that say the same, and those that differ each with its own.

    @when: which commit a record is of.  Raises TestbedError.
    """
    if not records:
        return ["No run is recorded."]
    found: dict[tuple[str, ...], list[Record]] = {}
    for record in records:
        found.setdefault(tuple(record["rows"]), []).append(record)
    lines = []
    for rows, same in found.items():
        lines += [f"* Linux {record['kernel_version']} ({when(record)})" for record in same]
        lines += ["", *tables.rst([_HEADING, *(cells for row in rows
                                               for cells in _cells(row))]), ""]
    return lines[:-1]


def _cells(row: str) -> list[list[str]]:
    """@row of a case as rows of the table: neighbouring orders with the same end are one."""
    parts = row.split(" | ")
    results = parts[3].split() if len(parts) == 4 else []
    if not results or any(each != "-" and each.count("/") != 2 for each in results):
        raise TestbedError(f"a record holds '{row}', which is no row of the table; record "
                           "the result again")
    found: list[tuple[int, int, str]] = []
    for order, result in enumerate(results, FIRST_ORDER):
        if found and found[-1][2] == result:
            found[-1] = (found[-1][0], order, result)
        else:
            found.append((order, order, result))
    return [[*parts[:3], str(first) if first == last else f"{first} to {last}",
             *result.split("/")] for first, last, result in found if result != "-"]
