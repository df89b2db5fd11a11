# SPDX-License-Identifier: GPL-2.0
"""Recorded results: what the numbers in the documentation come from.

A record is a small JSON file in Documentation/results/, made from the --json of a
command, with the commit and the day.  Documentation/figures.rst describes them.
"""

from __future__ import annotations

import hashlib
import json
import re
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Mapping, Sequence

from ..errors import TestbedError, UsageError
from ..host import lock
from ..kernel import provenance
from ..model import cases, configs, lines
from ..model.cases import Case
from ..model.configs import PLAIN
from ..proof import controls, judged, mutation
from ..proof.controls import Control, Kind
from ..result import schema
from . import mutants, reached, schedules

SCHEMA = 1
FOLDER = "Documentation/results"
# Cases that README.rst shows the lines of.
EXAMPLES = ("migration_wait_fault.waiters_hold_no_reference",
            "swap_fault_area.many_pages_come_back_from_swap",
            "swap_fault_stage.every_combination_gives_documented_result")
# The suite that Documentation/large-folio-table.rst is made from.
# Suites whose cases print the rows of a table, and what a record of these is called.
ROWS = {"large_folio_table": "rows", "zone_device_count": "counts"}
# Each record has these; the others go with its kind.
_COMMON = {"schema": int, "kind": str, "commit": str, "date": str, "line": str,
           "variant": str, "kernel_version": str, "cpus": int, "suites": str,
           "series": str, "cases": int}

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Sources:
    """What the repository @top holds today, for comparison with records.

    @cases: those that assert a contract.
    @measured: the contracts of which a case prints a figure.
    """

    top: Path
    cases: Sequence[Case]
    controls: Sequence[Control]
    suites: str
    series: Mapping[str, str]
    measured: frozenset[str] = frozenset()

    @staticmethod
    def read(top: Path) -> "Sources":
        """The sources of @top.  Raises TestbedError if they cannot be read."""
        try:
            known = cases.read(top / "mm" / "kunit")
            return Sources(
                top, [case for case in known if case.contracts],
                controls.read(top / "patches" / "controls"), provenance.suites(top),
                {line.name: provenance.series(top, line) for line in lines.LINES},
                frozenset(id for case in known for id in case.measures))
        except OSError as err:
            raise TestbedError(f"cannot read {err.filename}: {err.strerror}; restore it "
                               "from git") from None

    def cases_for(self, line: str, config: str) -> list[Case]:
        """The cases that a kernel of @line has in this configuration."""
        which = lines.by_name(line)
        return [case for case in self.cases if configs.builds(config, case.file, which)]

    def controls_for(self, line: str, config: str = "", own: bool = False,
                     group: str = "") -> list[Control]:
        """The controls that name @line, and @config; "": any.

        @own: only those that not every configuration has.
        @group: the proposal that they are of; "": none.
        """
        return [control for control in self.controls
                if control.is_for(line, config) and control.group == group
                and (control.configs or not own)]

    def current(self, record: Record) -> bool:
        """Whether @record is of today's suites and patches."""
        return bool(record["suites"] == self.suites
                    and record["series"] == self.series.get(record["line"])
                    and record.get("controls", "") in ("", digest_of(
                        {control.name: control.digest for control in
                         self.controls_for(record["line"], record["variant"],
                                           record.get("own", False),
                                           record.get("group", ""))})))


def digest_of(digests: Mapping[str, str]) -> str:
    """One name for controls with @digests, by their names."""
    return hashlib.sha256(json.dumps(sorted(digests.items())).encode()).hexdigest()


def _head(kind: str, data: Mapping[str, Any], file: str,
          sources: Sources) -> dict[str, Any]:
    """What each record begins with.  Raises UsageError if @data cannot be recorded."""
    made = data.get("testbed")
    if not isinstance(made, dict) or not made.get("commit"):
        raise UsageError(f"{file} does not say which commit it is of; make it again, in "
                         "a git clone of mm-testbed")
    if made.get("changed"):
        raise UsageError(f"{file} was made with changes that are not committed; commit "
                         "them and make it again")
    head = {"schema": SCHEMA, "kind": kind, "commit": made["commit"][:12],
            "date": made["date"], "line": data["line"], "variant": data["variant"],
            "kernel_version": data["kernel_version"], "cpus": made["cpus"],
            "suites": made["suites"], "series": made["series"],
            "cases": len(sources.cases)}
    if not sources.current(head):
        raise UsageError(f"{file} is of other suites or patches than those here; make it "
                         "again, or go to its commit")
    return head


def _name(*words: str) -> str:
    return "-".join(word for word in words if word != PLAIN.name)


def _groups(data: Mapping[str, Any], sources: Sources) -> list[str]:
    """The proposals that were in the kernel."""
    return sorted({group for each in data.get("applied", ())
                   if each["how"] != "not needed"
                   for group in [each["patch"].partition("/")[0]]
                   if (sources.top / "patches" / group / "proposal").is_file()})


def _rows(data: Mapping[str, Any], file: str, sources: Sources) -> tuple[str, Record]:
    """The rows that the cases of a suite of ROWS print."""
    suite = data["cases"][0]["suite"]
    if any(case["status"] != "passed" or not case["rows"] for case in data["cases"]):
        raise UsageError(f"{file} is no run in which all cases of {suite} passed")
    groups = _groups(data, sources)
    return _name(ROWS[suite], data["line"], data["variant"], *groups), {
        **_head(ROWS[suite], data, file, sources), "groups": groups,
        "rows": [row for case in data["cases"] for row in case["rows"]]}


def _run(data: Mapping[str, Any], file: str, sources: Sources,
         first: bool) -> tuple[str, Record]:
    suites = {case["suite"] for case in data["cases"]}
    if len(suites) == 1 and suites <= ROWS.keys():
        return _rows(data, file, sources)
    head = _head("run", data, file, sources)
    if data["verdict"] != "pass":
        raise UsageError(f"{file} is no run that passed; only such a run is recorded")
    if data["patches"]:
        raise UsageError(f"{file} is of a kernel with --with; make it without")
    found = {(case["suite"], case["name"]): case for case in data["cases"]}
    lacking = [case.full_name for case in sources.cases_for(data["line"], data["variant"])
               if (case.suite, case.name) not in found]
    if lacking:
        raise UsageError(f"{file} lacks {lacking[0]}: it is no run of all cases")
    passed = [case for case in data["cases"] if case["status"] == "passed"]
    shown = [case for case in passed
             if f"{case['suite']}.{case['name']}" in EXAMPLES] or passed[:1]
    kind = "repeat" if data["repeat"] > 1 else "first" if first else "run"
    groups = _groups(data, sources)
    return _name(kind, data["line"], data["variant"], *groups), {
        **head, **({"groups": groups} if groups else {}), "passed": len(passed),
        "skipped": sum(case["status"] == "skipped" for case in data["cases"]),
        "contracts": len({id for case in passed for id in case["contracts"]}),
        **{key: data[key] for key in ("build_seconds", "boot_seconds", "seconds", "boots",
                                      "repeat")},
        "examples": [{key: case[key] for key in ("suite", "name", "contracts", "seconds")}
                     for case in shown]}


def _controls(data: Mapping[str, Any], file: str, sources: Sources,
              _first: bool) -> tuple[str, Record]:
    head = _head("controls", data, file, sources)
    found = {entry["name"]: entry for entry in data["controls"]}
    digest = digest_of({name: entry["digest"] for name, entry in found.items()})
    line, variant = data["line"], data["variant"]
    group = next((control.group for control in sources.controls if control.name in found), "")
    here = {own: {c.name: c.digest
                  for c in sources.controls_for(line, variant, own, group)}
            for own in (False, True)}
    own = not group and bool(found) and digest == digest_of(here[True])
    if digest != digest_of(here[own]):
        raise UsageError(f"{file} is not of all {len(here[False])} controls for {line} as they "
                         "are here, nor of the --own ones; run scripts/controls.sh without "
                         "--filter")
    red = {(case["suite"], case["name"]) for entry in found.values()
           for case in [*entry["killed_by"], *entry["also_failed"]]
           if case["status"] != "missing"}
    green = {case.full_name for case in sources.cases_for(line, variant)
             if (case.suite, case.name) not in red and not group
             and not (own and configs.builds(PLAIN.name, case.file))}
    skipped = green & set(data["skipped_without_control"])
    return _name("controls", line, variant, *([group] if group else [])), {
        **head, "controls": digest, "own": own, "group": group, "total": len(found),
        "killed": sum(entry["outcome"] == Kind.KILLED.value for entry in found.values()),
        "proven": sorted({id for entry in found.values()
                          for id in entry["contracts_reached"]}),
        "never_red": sorted(green - skipped), "never_red_skipped": len(skipped),
        "jobs": data["jobs"], "each_seconds": round(data["seconds"] / len(found), 1),
        "each_cpu_seconds": round(data["cpu_seconds"] / len(found), 1)}


def _measure(data: Mapping[str, Any], file: str, sources: Sources,
             _first: bool) -> tuple[str, Record]:
    head = _head("measure", data, file, sources)
    ways = {}
    for way, sides in data["ways"].items():
        if set(sides) != {"run.sh", "kunit.py"}:
            raise UsageError(f"{file} compares run.sh with something else than kunit.py")
        if any(code for side in sides.values() for code in side["codes"]):
            raise UsageError(f"{file}: not every run of '{way}' passed; only such are "
                             "recorded")
        ways[way] = {who: {what: round(statistics.median(side[what]), 1)
                           for what in ("wall", "cpu")} for who, side in sides.items()}
    return _name("measure", data["line"], data["variant"]), {
        **head, "ways": ways, "passed": data["passed"], "skipped": data["skipped"]}


def _mutants(data: Mapping[str, Any], file: str, sources: Sources,
             _first: bool) -> tuple[str, Record]:
    head = _head("mutants", data, file, sources)
    if data["filter"] != "*":
        raise UsageError(f"{file} is of some mutants only; run scripts/mutate.sh without "
                         "--filter")
    return _name("mutants", data["line"], data["variant"]), {
        **head, **mutants.facts(mutation.fates_from_json(data), judged.read())}


def _guards(data: Mapping[str, Any], file: str, sources: Sources,
            _first: bool) -> tuple[str, Record]:
    head = _head("guards", data, file, sources)
    if data["verdict"] != "pass":
        raise UsageError(f"{file} is no run that passed; only such a run is recorded")
    return _name("guards", data["line"], data["variant"]), {
        **head, "table": data["guards"],
        **{key: data[key] for key in ("caught", "misbehave", "missed", "absent")}}


def _schedules(data: Mapping[str, Any], file: str, sources: Sources,
               _first: bool) -> tuple[str, Record]:
    last, found = schedules.of_programs(data, file)
    return _name("schedules", data["line"], data["variant"], last), {
        **_head("schedules", data, file, sources), **found}


def _hunts(data: Mapping[str, Any], file: str, sources: Sources,
           _first: bool) -> tuple[str, Record]:
    last, found = schedules.of_hunts(data, file)
    return _name("hunts", data["line"], data["variant"], last), {
        **_head("hunts", data, file, sources), **found}


def _reached(data: Mapping[str, Any], file: str, sources: Sources,
             _first: bool) -> tuple[str, Record]:
    return _name("reached", data["line"]), {
        **_head("reached", data, file, sources), **reached.facts(data, file)}


_Maker = Callable[[Mapping[str, Any], str, Sources, bool], tuple[str, Record]]
# By what tells the JSON of one command from that of another.
_MAKERS: Sequence[tuple[str, _Maker]] = (
    ("controls", _controls), ("ways", _measure), ("mutants", _mutants),
    ("guards", _guards), ("cases", _run), ("functions", _reached),
    ("programs", _schedules), ("hunts", _hunts))


def make(path: Path, sources: Sources, first: bool) -> dict[str, Record]:
    """The records of what a command has written to @path, by name.

    @first: it is a run with nothing built before.  Raises UsageError.
    """
    data = schema.read(path)
    reports = [entry["report"] for entry in data["runs"]
               if entry.get("verdict") == "pass"] \
        if "runs" in data else [data]
    found = {}
    for report in reports:
        maker = next((maker for key, maker in _MAKERS if key in report), None)
        if maker is None:
            raise UsageError(f"{path} is no JSON of a command whose results are recorded")
        try:
            name, record = maker(report, path.name, sources, first)
        except (KeyError, TypeError, ValueError) as err:
            raise UsageError(f"{path} lacks what it should hold ({err}); make it again "
                             "with the scripts as they are here") from None
        found[name] = record
    if not found:
        raise UsageError(f"{path} holds no result")
    return found


def write(top: Path, name: str, record: Record) -> Path:
    """Keep @record.  Raises OSError."""
    folder = top / FOLDER
    folder.mkdir(exist_ok=True)
    lock.write_json(folder / f"{name}.json", record)
    return folder / f"{name}.json"


def read(top: Path) -> dict[str, Record]:
    """The records that are kept in @top, by name.  Raises TestbedError."""
    found = {}
    for path in sorted((top / FOLDER).glob("*.json")):
        record = lock.read_json(path)
        wrong = not isinstance(record, dict) or record.get("schema") != SCHEMA or any(
            not isinstance(record.get(key), kind) for key, kind in _COMMON.items())
        if wrong or not re.fullmatch(r"[0-9a-f]{7,40}", record["commit"]):
            raise TestbedError(f"{FOLDER}/{path.name} is no record of schema {SCHEMA}; "
                               "restore it from git, or record the result again")
        found[path.stem] = record
    return found
