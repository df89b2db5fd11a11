# SPDX-License-Identifier: GPL-2.0
"""Bisections whose logs stand in the documents.

A record is a file Documentation/results/bisections/NAME.json.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Mapping, Sequence

from ..errors import TestbedError, UsageError
from ..host import lock
from ..ui import tables
from ..ui.words import count, duration

SCHEMA = 1
FOLDER = "Documentation/results/bisections"
Record = Mapping[str, Any]


def of_bisection(data: Any, name: str) -> Record:
    """The record of the JSON @data of mmt bisect, from the file @name.

    Nothing of the machine is kept.  Raises UsageError.
    """
    try:
        made = data["testbed"]
        if not made["commit"] or made["changed"]:
            raise UsageError(f"{name} is of no commit; commit what has changed, and make it "
                             "again in a git clone of mm-testbed")
        first = data["first_fixed"] or data["first_bad"]
        if not first or not data["evidence"]:
            raise UsageError(f"{name} is no bisection that has found the commit")
        steps = [{"subject": step["subject"], "verdict": step["verdict"], "why": step["why"],
                  "seconds": step["seconds"]} for step in data["steps"]]
        [found] = [step["subject"] for step in data["steps"] if step["commit"] == first][:1]
        # The bad one was judged first.
        ends = [step["subject"] for step in steps[:2]]
        return {"schema": SCHEMA, "commit": made["commit"][:12], "date": made["date"],
                "fixed": bool(data["first_fixed"]), "first": found,
                "fixes": data["request"].get("fixes", True) and not data["first_fixed"],
                "evidence": data["evidence"], "contracts": data["contracts"],
                "ends": ends if data["first_fixed"] else ends[::-1],
                "steps": steps}
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        raise UsageError(f"{name} is no JSON of mmt bisect; make one with --json") from None


def keep(top: Path, data: Any, name: str) -> Path:
    """Keep the bisection @data, of the file @name, in the repository @top.

    Raises UsageError, OSError.
    """
    record = of_bisection(data, name)
    how = "fixed" if record["fixed"] else "came"
    target = top / FOLDER / f"{how}-{record['evidence'][0].partition('.')[2]}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    lock.write_json(target, record)
    return target


def read(top: Path) -> list[Record]:
    """The records of the repository @top, by name.  Raises TestbedError."""
    found: list[Record] = []
    for path in sorted((top / FOLDER).glob("*.json")):
        record = lock.read_json(path)
        if not isinstance(record, dict) or record.get("schema") != SCHEMA:
            raise TestbedError(f"{FOLDER}/{path.name} is no record of schema {SCHEMA}; "
                               "restore it from git, or record the bisection again")
        found.append(record)
    return found


def text(record: Record) -> str:
    """What @record says, as a paragraph."""
    what = "mended" if record["fixed"] else "broken"
    without = "" if record["fixes"] else ", without ``patches/fixes``"
    seconds = sum(sum(step["seconds"].values()) for step in record["steps"])
    cases = ", ".join(f"``{case}``" for case in record["evidence"])
    return (f"{cases} ({' '.join(record['contracts'])}), from {record['ends'][0]} to "
            f"{record['ends'][1]}{without}: {what} in **{record['first']}**, after "
            f"{count(len(record['steps']), 'step')}, {duration(seconds)} (commit "
            f"{record['commit'][:8]}, {record['date']}).")


def rows(record: Record) -> Sequence[Sequence[str]]:
    """The steps, in the order in which they were judged, with a heading."""
    return [["step", "kernel", "verdict", "checkout", "build", "boots", "what failed"],
            *([str(number), step["subject"], step["verdict"],
               *(f"{step['seconds'].get(part, 0):.0f} s"
                 for part in ("checkout", "build", "boots")), step["why"] or "nothing"]
              for number, step in enumerate(record["steps"], 1))]


def rst(records: Sequence[Record]) -> list[tuple[str, list[str]]]:
    """(paragraph, table) of each of @records."""
    return [(text(record), tables.rst(rows(record))) for record in records]
