# SPDX-License-Identifier: GPL-2.0
"""What has come out of runs on many kernels, kept for the table in README.rst.

A record is a file Documentation/results/kernels/VERSION.json, with the variant behind the
version if it is not plain.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Mapping, Optional, Sequence

from ..errors import TestbedError, UsageError
from ..host import lock
from ..model.configs import PLAIN
from ..model.known import Bug
from ..ui.words import count

SCHEMA = 1
FOLDER = "Documentation/results/kernels"
Record = Mapping[str, Any]


def number(version: str) -> tuple[int, int, int]:
    """A @version such as 6.18.2, to sort by."""
    found = [int(word) for word in re.findall(r"\d+", version)[:3]]
    return (*found, 0, 0, 0)[:3]  # type: ignore[return-value]


def of_run(data: Any, name: str) -> Record:
    """The record of the JSON @data of scripts/run.sh, from the file @name.

    Raises UsageError.
    """
    try:
        made = data["testbed"]
        if not made["commit"] or made["changed"]:
            raise UsageError(f"{name} is of no commit; commit what has changed, and make it "
                             "again in a git clone of mm-testbed")
        if data["patches"] or data["verdict"] not in ("pass", "fail"):
            raise UsageError(f"{name} is no run that came to a verdict without --with")
        cases = data["cases"]
        return {
            "schema": SCHEMA, "commit": made["commit"][:12], "date": made["date"],
            "version": data["kernel_version"], "variant": data["variant"],
            "debian": data["source"].startswith("Debian's"), "verdict": data["verdict"],
            "cases": len(cases), "passed": data["counts"]["passed"],
            "failed": [f"{case['suite']}.{case['name']}" for case in cases
                       if case["status"] not in ("passed", "skipped", "known")],
            "ran": sorted(f"{case['suite']}.{case['name']}" for case in cases
                          if case["status"] != "skipped"),
            "skipped": {f"{case['suite']}.{case['name']}": case["reason"]
                        for case in cases if case["status"] == "skipped"},
            "known": {bug["patch"].partition("/")[2]: bug["cases"]
                      for bug in data["known_bugs"]},
            "variants": {each["patch"]: each["variant"] for each in data["applied"]
                         if each["variant"]},
            "loosely": [each["patch"] for each in data["applied"]
                        if each["how"] in ("loosely", "merged")]}
    except (KeyError, TypeError, AttributeError):
        raise UsageError(f"{name} is no JSON of scripts/run.sh; make one with --json"
                         ) from None


def of_controls(data: Any, name: str) -> "tuple[str, dict[str, int]]":
    """(version, what became of the controls) of the JSON @data of scripts/controls.sh, with
    --apply or without.

    Raises UsageError.
    """
    try:
        if "missed" in data:
            return data["kernel_version"], {"applied": len(data["applied"]),
                                            "missed": len(data["missed"])}
        outcomes = [entry["outcome"] for entry in data["controls"]]
        return data["kernel_version"], {
            "run": len(outcomes) - outcomes.count("does not apply"),
            "killed": outcomes.count("killed")}
    except (KeyError, TypeError):
        raise UsageError(f"{name} is no JSON of scripts/controls.sh") from None


def path_of(top: Path, version: str, variant: str) -> Path:
    """Where the record of @version as @variant is in the repository @top."""
    more = "" if variant == PLAIN.name else f"-{variant}"
    return top / FOLDER / f"{version}{more}.json"


def keep(top: Path, data: Any, name: str) -> Path:
    """Keep what is in @data, of the file @name, in the repository @top.

    Raises UsageError, OSError.
    """
    if isinstance(data, dict) and ("controls" in data or "missed" in data):
        version, counts = of_controls(data, name)
        target = path_of(top, version, data.get("variant", PLAIN.name))
        if version.count(".") == 1 and not target.exists():
            # A kernel that has been built calls itself 7.0.0.
            target = path_of(top, f"{version}.0", data.get("variant", PLAIN.name))
        old = lock.read_json(target)
        if not isinstance(old, dict):
            raise UsageError(f"{name} is of Linux {version}, of which there is no record; "
                             "record a run of it first")
        lock.write_json(target, {**old, "controls": {**old.get("controls", {}), **counts}})
        return target
    record = of_run(data, name)
    target = path_of(top, record["version"], record["variant"])
    target.parent.mkdir(parents=True, exist_ok=True)
    lock.write_json(target, record)
    return target


def read(top: Path) -> list[Record]:
    """The records of the repository @top, oldest kernel first.  Raises TestbedError."""
    found = []
    for path in (top / FOLDER).glob("*.json"):
        record = lock.read_json(path)
        if not isinstance(record, dict) or record.get("schema") != SCHEMA:
            raise TestbedError(f"{FOLDER}/{path.name} is no record of schema {SCHEMA}; "
                               "restore it from git, or record the run again")
        found.append(record)
    return sorted(found, key=lambda each: (number(each["version"]), each["variant"]))


def nearest(records: Sequence[Record], version: str, variant: str) -> Optional[Record]:
    """The one of a kernel nearest to @version, but of another release."""
    def distance(record: Record) -> int:
        here, there = number(version), number(record["version"])
        return abs(20 * here[0] + here[1] - 20 * there[0] - there[1])

    others = [each for each in records if each["variant"] == variant and
              number(each["version"])[:2] != number(version)[:2]]
    return min(others, key=distance) if others else None


def _name(record: Record) -> str:
    """The kernel of @record, for people."""
    more = "" if record["variant"] == PLAIN.name else f" {record['variant']}"
    return f"{record['version']}{more}"


def _share(counts: Mapping[str, int], part: str, *rest: str) -> str:
    """So many of @counts are @part, of all of these and @rest; "not tried" if nobody knows."""
    if part not in counts:
        return "not tried"
    return f"{counts[part]} of {sum(counts[word] for word in (part, *rest))}"


def rows(records: Sequence[Record]) -> list[list[str]]:
    """The table, with a heading."""
    out = [["kernel", "verdict", "cases", "passed", "skipped", "known bugs", "controls that apply",
            "of these killed", "commit"]]
    for each in records:
        known = [cases for cases in each["known"].values() if cases]
        showing = {case for cases in known for case in cases}
        counts = each.get("controls", {})
        out.append([_name(each), each["verdict"].upper(), str(each["cases"]),
                    str(each["passed"]), str(len(each["skipped"])),
                    f"{len(known)} (in {count(len(showing), 'case')})" if known else "none",
                    _share(counts, "applied", "missed"),
                    f"{counts['killed']} of {counts['run']} run" if "run" in counts
                    else "not run", each["commit"][:8]])
    return out


def bugs(records: Sequence[Record], named: Sequence[Bug]) -> list[list[str]]:
    """What is known to be broken: (bug, kernels with the number of cases, fix).

    A kernel without a number has the bug, but no case shows it.
    """
    out = [["bug", "kernels (cases)", "fix"]]
    for bug in named:
        name = bug.name.partition("/")[2]
        where = [_name(each) + (f" ({len(each['known'][name])})" if each["known"][name] else "")
                 for each in records if name in each["known"]]
        if where:
            out.append([name, ", ".join(where), str(bug)])
    return out


def reasons(records: Sequence[Record]) -> list[list[str]]:
    """Why cases are skipped: (reason, kernels with the number of cases)."""
    found: dict[str, list[str]] = {}
    for each in records:
        tally: dict[str, int] = {}
        for reason in each["skipped"].values():
            tally[reason] = tally.get(reason, 0) + 1
        for reason, number_of in tally.items():
            found.setdefault(reason, []).append(f"{_name(each)} ({number_of})")
    return [["reason", "kernels (cases)"],
            *([reason, ", ".join(where)] for reason, where in sorted(found.items()))]


def _meanings(text: str) -> list[str]:
    """The reasons that the list "What the reasons mean" of @text, kernels.rst, explains."""
    part = text.partition("\nWhat the reasons mean:\n")[2]
    part = re.split(r"^=+$", part, maxsplit=1, flags=re.MULTILINE)[0]
    return [reason for line in re.findall(r"^``.+``$(?=\n {4}\S)", part, re.MULTILINE)
            for reason in re.findall(r"``(.+?)``", line)]


def unexplained(records: Sequence[Record], named: Sequence[Bug], text: str) -> list[str]:
    """What @records have that nobody explains, a line each.

    A reason to skip a case, or each part of it, has to begin as one of those do that @text,
    kernels.rst, has in a list; and there, none is for nothing.  A bug has to be one of @named,
    and what shows it one of its cases.
    """
    meanings, bugs_of = _meanings(text), {bug.name.partition("/")[2]: bug for bug in named}
    out, needed = set(), set()
    for each in records:
        for reason in {part for whole in each["skipped"].values() for part in whole.split("; ")}:
            found = {meaning for meaning in meanings if reason.startswith(meaning)}
            needed |= found
            if not found:
                out.add(f"{_name(each)}: nobody says what it means: {reason}")
        for name, cases in each["known"].items():
            bug = bugs_of.get(name)
            if not bug:
                out.add(f"{_name(each)}: there is no patches/fixes/{name}/bug")
                continue
            known = {".".join(case) for case in bug.cases}
            out |= {f"{_name(each)}: {case} is no case of {name}"
                    for case in cases if case.partition(" ")[0] not in known}
    return sorted(out | {f"no case is skipped for it: {meaning}"
                         for meaning in set(meanings) - needed})
