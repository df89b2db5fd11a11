# SPDX-License-Identifier: GPL-2.0
"""What became of the mutants, as a record and as tables."""

from __future__ import annotations

import collections
from typing import Any, Mapping, Sequence

from ..proof import judged
from ..proof.mutation import Fate, State
from ..ui import tables

Record = Mapping[str, Any]


def facts(fates: Sequence[Fate], kinds: Sequence[judged.Kind]) -> dict[str, Any]:
    """What is recorded of @fates.

    rows: by file, how many there are, are live, are reached, are killed, and cannot be
    told from the kernel.  kinds: how many of the last, by why.  lives: each of the others
    that was reached and not killed.
    """
    rows: dict[str, collections.Counter[str]] = collections.defaultdict(
        collections.Counter)
    why: collections.Counter[str] = collections.Counter()
    lives = []
    for fate in fates:
        survived = fate.state is State.SURVIVED
        kind = judged.kind_of(fate.mutant, kinds) if survived else None
        rows[fate.mutant.file].update({
            "mutants": 1, "live": fate.state is not State.DEAD,
            "reached": survived or fate.state is State.KILLED,
            "killed": fate.state is State.KILLED, "equivalent": kind is not None})
        if kind:
            why[kind.name] += 1
        elif survived:
            lives.append(judged.text_of(fate.mutant))
    return {"rows": [{"file": name, **row} for name, row in rows.items()],
            "kinds": {kind.name: why[kind.name] for kind in kinds}, "lives": lives}


def _share(row: Mapping[str, int]) -> str:
    told = row["reached"] - row.get("equivalent", 0)
    return f"{100 * row['killed'] / told:.0f} %" if told else ""


def table(records: Sequence[Record]) -> list[str]:
    """By line and file."""
    rows = [["line", "file", "mutants", "live", "reached", "killed", "equivalent", "share"]]
    for record in records:
        total: collections.Counter[str] = collections.Counter()
        for row in record["rows"]:
            total.update({key: value for key, value in row.items() if key != "file"})
        line = record["line"]
        for row in [*record["rows"], {"file": "all", **total}]:
            rows.append([line, row["file"], *(str(row.get(key, "")) for key in (
                "mutants", "live", "reached", "killed", "equivalent")), _share(row)])
            line = "\\"
    return tables.rst(rows)


def reasons(records: Sequence[Record], kinds: Sequence[judged.Kind]) -> list[str]:
    """How many cannot be told from the kernel, by why."""
    rows = [["why", *(record["line"] for record in records)]]
    rows += [[kind.title, *(str(record.get("kinds", {}).get(kind.name, "")) for record in records)]
             for kind in kinds]
    return tables.rst(rows)


def lives(records: Sequence[Record]) -> list[str]:
    """Those that live, and could be killed."""
    found = []
    for record in records:
        if "lives" in record:
            found += [f"Linux {record['kernel_version']}::", "",
                      *(f"    {text}" for text in record["lives"] or ["none"]), ""]
    return found[:-1] or ["No list is recorded."]
