# SPDX-License-Identifier: GPL-2.0
"""What mmt explore has covered and found, as records and as tables."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from ..errors import UsageError
from ..ui import tables
from ..ui.words import count

Record = Mapping[str, Any]
# So many programs have a row of their own.
_MANY = 60


def of_programs(data: Mapping[str, Any], file: str) -> tuple[str, dict[str, Any]]:
    """(the end of its name, what is recorded) of programs that were explored.

    Raises UsageError if one of them is bad.
    """
    rows = []
    for each in data["programs"]:
        if each["bad"]:
            raise UsageError(f"{file} has a schedule of {each['program']} that is bad; look "
                             "at that first")
        rows.append({**{key: each[key] for key in ("program", "points", "seconds",
                                                   "cpu_seconds", "verdict")},
                     "done": sum(level["done"] for level in each["levels"]),
                     "run": sum(level["run"] for level in each["levels"]),
                     "total": sum(level["schedules"] for level in each["levels"]),
                     "ends": len(each["ends"]),
                     "given_up": sum(each["given_up"].values())})
    if not rows:
        raise UsageError(f"{file} has no program")
    triples = all(row["program"].count("+") == 2 for row in rows)
    part = data.get("shard")
    return str(data["switches"]) + "-triples" * triples, {
        "switches": data["switches"], "points": data["points"], "rows": rows,
        **({"of": part["total"]} if part else {})}


def of_hunts(data: Mapping[str, Any], file: str) -> tuple[str, dict[str, Any]]:
    """The same of controls that were looked for."""
    rows = [{key: each[key] for key in ("control", "found", "program", "switches",
                                        "schedules", "seconds", "why")}
            for each in data["hunts"]]
    if not rows:
        raise UsageError(f"{file} has no control")
    return str(data["switches"]) + "-aside" * ("inside" in data["points"]), {
        "switches": data["switches"], "points": data["points"], "rows": rows}


def _head(record: Record, when: str) -> str:
    return (f"Linux {record['kernel_version']}, at most "
            f"{count(record['switches'], 'switch')} at {record['points']}, "
            f"{count(record['cpus'], 'CPU')}; {when}.")


def programs(record: Record, when: str) -> tuple[str, list[str]]:
    """What one record says, in words and as a table.  @when: which commit it is of."""
    rows = record["rows"]
    done, total = sum(row["done"] for row in rows), sum(row["total"] for row in rows)
    seconds, run = sum(row["seconds"] for row in rows), sum(row["run"] for row in rows)
    every = f"All {done:,}" if done == total else f"{done:,} of {total:,}"
    text = (f"{_head(record, when)} {every} schedules of {count(len(rows), 'program')}"
            f"{_of(record)}; {run:,} of them were run, which took {seconds:.0f} s, "
            f"{run / max(seconds, 0.1):.0f} a second and "
            f"{1000 * sum(row['cpu_seconds'] for row in rows) / max(run, 1):.1f} ms of CPU "
            "time each; none was bad.")
    if len(rows) > _MANY:
        text += " The programs of each state together; the record has each of them."
        rows = _by_state(rows)
    table = [["program", "points", "schedules", "run", "share", "ends", "given up",
              "seconds"]]
    table += [[row["program"], str(row["points"]), f"{row['done']:,}", f"{row['run']:,}",
               f"{100 * row['done'] // max(1, row['total'])} %", str(row["ends"]),
               str(row["given_up"]), f"{row['seconds']:.1f}"] for row in rows]
    return text, tables.rst(table)


def _of(record: Record) -> str:
    """What the programs are a part of, if they are one of several."""
    return f", one of many parts of {record['of']:,} programs that were dealt out" \
        if "of" in record else ""


def _by_state(rows: Sequence[Record]) -> list[dict[str, Any]]:
    """One row for the programs that begin with the same state; the most points, and the
    sums of the rest."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        state, _, ops = row["program"].partition(":")
        name = f"{state}:{'+'.join('*' * len(ops.split('+')))}"
        total = found.setdefault(name, {"program": name, "points": 0})
        total["points"] = max(total["points"], row["points"])
        for key in ("done", "run", "total", "ends", "given_up", "seconds"):
            total[key] = total.get(key, 0) + row[key]
    return list(found.values())


def hunts(record: Record, when: str) -> tuple[str, list[str]]:
    """The same of controls."""
    rows: Sequence[Mapping[str, Any]] = record["rows"]
    found = sum(row["found"] for row in rows)
    text = (f"{_head(record, when)} {found} of {count(len(rows), 'control')} were found, "
            "none of them by its name:")
    table = [["control", "program", "switches", "schedules", "seconds", "what is wrong"]]
    table += [[row["control"], row["program"] or "not found",
               str(row["switches"]) if row["found"] else "\\-", str(row["schedules"]),
               f"{row['seconds']:.1f}", row["why"][:70] or "\\-"] for row in rows]
    return text, tables.rst(table)
