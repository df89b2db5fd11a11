# SPDX-License-Identifier: GPL-2.0
"""What an exploration comes to, for people and as JSON."""

from __future__ import annotations

from typing import Any, Sequence

from ..ui import words
from .outcome import Found, differences
from .program import Program
from .schedule import Id
from .search import Coverage

HEADING = ["program", "points", "switches", "schedules", "run", "share", "seconds", "ends",
           "given up", "verdict"]


def id_of(program: Program, found: Found) -> Id:
    """What the user is to call the schedule of @found."""
    return Id(program, found.schedule, found.digest[:6])


def verdict(found: Coverage) -> str:
    """In a word or two."""
    if found.bad:
        return "BAD"
    if found.useless:
        return f"{' '.join(found.useless)} always given up"
    return "good" if found.complete else "good so far"


def row(found: Coverage) -> list[str]:
    """The row of the table."""
    gave_up = [f"{op} {times}" for op, times in zip(found.program.ops, found.gave_up) if times]
    gave_up += [f"spun {found.spun}"] * bool(found.spun)
    return [str(found.program), str(found.points), str(found.levels[-1].switches),
            str(found.done), str(found.run), f"{100 * found.done // max(1, found.total)} %",
            f"{found.seconds:.1f}", str(len(found.ends)), ", ".join(gave_up) or "-",
            verdict(found)]


def covered(found: Coverage) -> str:
    """What was covered, in words that claim no more."""
    most = found.levels[-1].switches
    text = f"at most {words.count(most, 'switch')}" if most else "no switch"
    if found.done > found.run:
        text += f" ({found.run} run, the others come to the same)"
    if found.complete:
        return f"all {words.count(found.done, 'schedule')} with {text}"
    part = f"{found.done} of {words.count(found.total, 'schedule')} with {text}"
    if found.seed is not None and most == found.wanted and most:
        return f"{part}, in the order of seed {found.seed}"
    if most < found.wanted and not found.bad:
        return f"{part}, none with more"
    return part


def fault(program: Program, found: Found, ends: Sequence[str], how: str = "") -> list[str]:
    """What is wrong with the schedule of @found, in some lines.

    @ends: how serial orders end in which the same operations are done.
    @how: the options that the same kernel takes.
    """
    lines = [f"{id_of(program, found)}: {found.why}",
             f"    {words.count(len(found.schedule.at), 'switch')}; to see it again: "
             f"mmt explore{how} --replay '{id_of(program, found)}'"]
    if found.end and found.why.startswith("no serial order"):
        nearest, differ = differences(found.end, ends)
        lines += [f"    ends with {found.end}",
                  f"    nearest serial end: {nearest or 'there is none'}",
                  *(f"    {each}" for each in differ)]
    return lines


def as_json(found: Coverage) -> dict[str, Any]:
    """Of one program; without what differs from run to run, but for the seconds."""
    return {
        "program": str(found.program), "points": found.points,
        "levels": [{"switches": level.switches, "schedules": level.total,
                    "done": level.done, "run": level.run} for level in found.levels],
        "complete": found.complete, "seed": found.seed, "spun": found.spun,
        "given_up": dict(zip(map(str, range(len(found.program.ops))), found.gave_up)),
        "ends": [{"done": done, "state": state, "schedules": times}
                 for (done, state), times in sorted(found.ends.items())],
        "bad": [{"id": str(id_of(found.program, bad)), "why": bad.why, "end": bad.end}
                for bad in found.bad],
        "verdict": verdict(found), "seconds": round(found.seconds, 2),
        "cpu_seconds": round(found.usec / 1e6, 2),
    }
