# SPDX-License-Identifier: GPL-2.0
"""The places in the documents that are made of numbers, each by a function.

What is counted in the sources is of today.  What was measured comes from a record, and
says on which commit; if that had other suites, it says how many cases these had.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import Callable, Mapping, Optional, Sequence

from ..errors import TestbedError
from ..kernel import patching
from ..model import known, lines
from ..model.configs import PLAIN
from ..proof import judged
from ..ui import tables
from ..ui.words import count
from . import bisections, folio_table, kernels, mutants, page_counts, reached, schedules, \
    walker_table
from .results import Record, Sources

_WIDTH = 90
# What README.rst remarks on a contract.
_NOTES = {
    "ME-11": "by reports of the kernel",
    "MW-13": "hugetlb in the variant full",
    "ZD-6": "some of it by reports of the kernel",
    "ZD-11": "by a report of the kernel",
    "ZD-14": "device-dax of 6.18 and 7.x, in the variant dax",
    "ZD-15": "6.18 and 7.x with the group zone-device-at-zero",
}
_WAYS = (("cold", "cold"), ("warm", "warm"), ("nothing", "nothing changed"),
         ("case", "one case"))
_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
          "ten", "eleven", "twelve")


@dataclass(frozen=True)
class Book:
    """All that the numbers are made of.

    @contracts: the ids of Documentation/contracts.rst.
    """

    sources: Sources
    records: Mapping[str, Record]
    contracts: Sequence[str]

    def record(self, name: str) -> Record:
        """The record @name.  Raises TestbedError if there is none."""
        if name not in self.records:
            raise TestbedError(f"there is no record '{name}', which the documents tell "
                               "of; restore it from git, or record the result again")
        return self.records[name]

    def kind(self, kind: str) -> list[Record]:
        """The records called @kind, by line and variant as they are listed elsewhere."""
        order = [line.name for line in lines.LINES]
        found = [(order.index(record["line"]), record["variant"] != PLAIN.name, name)
                 for name, record in self.records.items()
                 if name.partition("-")[0] == kind]
        return [self.records[name] for _, _, name in sorted(found)]

    def when(self, record: Record) -> str:
        """Which commit @record is of, and whether that is what is here."""
        text = f"commit {record['commit'][:8]}, {record['date']}"
        if self.sources.current(record):
            return text
        if record["cases"] != len(self.sources.cases):
            return f"{text}, which had {count(record['cases'], 'case')}"
        return f"{text}, with other suites or patches than today's"

    def notes(self, records: Sequence[Record]) -> list[str]:
        """What is to be said of single ones of @records, as a list."""
        found: list[str] = []
        for record in records:
            if record.get("note"):
                found += bullet(f"{name_of(record)}: {record['note']}")
        return found + [""] if found else []


def paragraph(text: str) -> list[str]:
    """@text in lines, with an empty one behind."""
    return [*textwrap.wrap(text, _WIDTH, break_on_hyphens=False, break_long_words=False),
            ""]


def bullet(text: str) -> list[str]:
    """@text as an item of a list."""
    return textwrap.wrap(text, _WIDTH, initial_indent="* ", subsequent_indent="  ",
                         break_on_hyphens=False, break_long_words=False)


def name_of(record: Record) -> str:
    """'6.12', '7.x smp', '7.x dax with zone-device-at-zero'."""
    groups = record.get("groups", ())
    return " ".join(word for word in (record["line"], record["variant"],
                                      *(["with", *groups] if groups else []))
                    if word != PLAIN.name)


def duration(seconds: float) -> str:
    """'7 s', '6 min 6 s'."""
    whole = round(seconds)
    return f"{whole} s" if whole < 120 else f"{whole // 60} min {whole % 60} s"


def number(value: int) -> str:
    """Small numbers as words."""
    return _SMALL[value] if value < len(_SMALL) else str(value)


def _cpus(record: Record) -> str:
    return "one CPU" if record["cpus"] == 1 else f"{number(record['cpus'])} CPUs"


def example(book: Book) -> list[str]:
    """How scripts/run.sh ends, and how long it takes."""
    first, run = book.record("first-6.12"), book.record("run-6.12")
    text = (f"``run.sh`` ends like this. On a machine with {_cpus(first)} that had nothing "
            f"built yet, the build took {duration(first['build_seconds'])} and the verdict "
            f"{duration(first['boot_seconds'])} ({book.when(first)}).")
    if book.when(run) != book.when(first):
        text += f" What follows is of {book.when(run)}."
    found = paragraph(text[:-1] + "::")
    shown = run["examples"]
    width = max(len(f"{case['suite']}.{case['name']}") for case in shown)
    for case, more in zip(shown, [*([""] * (len(shown) - 2)), "...", ""]):
        ids = case["contracts"]
        words = " ".join(ids[:3]) + (" ..." if len(ids) > 3 else "")
        name = f"{case['suite']}.{case['name']}"
        if more:
            found.append(f"    {more}")
        found.append(f"    ok    {name:{width}}  {words:18}  {case['seconds']:5.2f} s")
    if len(shown) < 2:
        found.append("    ...")
    skipped = f"{run['skipped']} skipped, " if run["skipped"] else ""
    return [*found, f"    PASS: {count(run['passed'], 'case')}, "
            f"{count(run['contracts'], 'contract')}, {skipped}Linux "
            f"{run['kernel_version']}, {run['seconds']:.1f} s in the kernel"]


def covered(book: Book) -> list[str]:
    """The contracts, with all of their cases and controls, and what runs of them have shown."""
    proven = set(book.record("controls-6.12")["proven"]).union(*(
        record.get("proven", ()) for record in book.kind("controls")))
    rows = [["id", "covered", "cases", "controls", "note"]]
    for id in book.contracts:
        asserted = sum(id in case.contracts for case in book.sources.cases)
        broken = len({control.name.removesuffix("-7.x") for control in book.sources.controls
                      if id in control.breaks})
        yes = asserted and broken and id in proven
        word = "yes" if yes else "measured" if id in book.sources.measured else "no"
        rows.append([id, word, str(asserted), str(broken), _NOTES.get(id, "")])
    return tables.rst(rows)


def _which(record: Record) -> str:
    if record.get("group"):
        return f"of {record['group']} "
    return "that it has and plain has not " if record.get("own") else ""


def _killed(book: Book, record: Record) -> str:
    of = f"{record['killed']} of {record['total']}" \
        if record["killed"] != record["total"] else f"all {record['total']}"
    text = (f"On Linux {record['kernel_version']}"
            f"{'' if record['variant'] == PLAIN.name else ', ' + record['variant']}, {of} "
            f"controls {_which(record)}were killed by a case of their own contract in one run "
            f"({record['each_seconds']} s each, {number(record['jobs'])} at a time on "
            f"{_cpus(record)}; {book.when(record)}).")
    never = len(record.get("never_red", ()))
    skipped = record.get("never_red_skipped", 0)
    if "never_red" in record and not record.get("group"):
        but = [f"{count(never, 'case')} that none of those tried with them turned red"] if never else []
        but += [f"{count(skipped, 'case')} that this kernel skips"] if skipped else []
        text += " Every case was red under some control" + \
            (f", but for {' and '.join(but)}." if but else ".")
    return f"{text} {record.get('note', '')}".strip()


def control_runs(book: Book) -> list[str]:
    """What is known of the controls of each line."""
    there = book.sources.controls_for
    names = {control.name.removesuffix("-7.x") for control in there("7.x")}
    only = sum(control.name not in names for control in there("6.12"))
    found = paragraph(f"There are {count(len(there('6.12')), 'control')} for 6.12 and "
                      f"{len(there('7.x'))} for 7.x; {only} of the former have no "
                      "counterpart for 7.x yet.")
    for record in book.kind("controls"):
        found += paragraph(_killed(book, record))
    return found[:-1]


def _pair(one: float, two: float) -> str:
    return f"{one:.0f} s, {two:.0f} s"


def ways(book: Book) -> list[str]:
    """run.sh beside kunit.py, in each line and variant."""
    records = book.kind("measure")
    rows = [["line", "variant", "way", "run.sh", "kunit.py", "ratio", "CPU time",
             "CPU ratio", "commit"]]
    for record in records:
        cells = [record["line"], record["variant"]]
        commit = record["commit"][:8]
        for way, words in _WAYS:
            if way not in record["ways"]:
                continue
            found_way = record["ways"][way]
            ours, plain = found_way["run.sh"], found_way["kunit.py"]
            # Converted records have rounded times, and ratios of those before.
            ratios = [found_way.get(f"{what}_ratio", ours[what] / max(plain[what], 0.1))
                      for what in ("wall", "cpu")]
            rows.append([*cells, words, f"{ours['wall']:.1f} s", f"{plain['wall']:.1f} s",
                         f"{ratios[0]:.2f}", _pair(ours["cpu"], plain["cpu"]),
                         f"{ratios[1]:.2f}", commit])
            cells, commit = ["\\", ""], ""
    found = [*tables.rst(rows), ""]
    for record in records:
        text = f"{name_of(record)}: {book.when(record)}; {_cpus(record)}"
        if "passed" in record:
            text += f"; {record['passed']} passed, {record['skipped']} skipped"
        found += bullet(f"{text}. {record.get('note', '')}".strip())
    return found


def verdicts(book: Book) -> list[str]:
    """The verdict on each line in each variant that is recorded."""
    records = book.kind("run")
    rows = [["line", "variant", "kernel", "passed", "skipped", "contracts", "build", "boots",
             "commit"]]
    rows += [[record["line"], " + ".join([record["variant"], *record.get("groups", ())]),
              record["kernel_version"],
              str(record["passed"]), str(record["skipped"]), str(record["contracts"]),
              f"{record['build_seconds']:.1f} s", f"{record['boot_seconds']:.1f} s",
              record["commit"][:8]] for record in records]
    return [*tables.rst(rows), "", *(
        line for record in records for line in bullet(
            f"{name_of(record)}: {book.when(record)}; {_cpus(record)}. "
            f"{record.get('note', '')}".strip()))]


def repeats(book: Book) -> list[str]:
    """What came of repeating everything."""
    records = book.kind("repeat")
    rows = [["line", "times", "verdicts", "kernel", "cases", "commit"]]
    rows += [[name_of(record), str(record["repeat"]), "all the same",
              record["kernel_version"], str(record["cases"]), record["commit"][:8]]
             for record in records]
    return [*tables.rst(rows), "", *book.notes(records)][:-1]


def mutated(book: Book) -> list[str]:
    """What became of the mutants, by file."""
    records = book.kind("mutants")
    # Those of one day in the order of the records: the oldest first.
    records.sort(key=lambda record: (str(record["date"]), int(record["cases"])))
    return [*mutants.table(records), "", *(
        line for record in records for line in bullet(
            f"Linux {record['kernel_version']}, {book.when(record)}. "
            f"{record.get('note', '')}".strip()))]


def guards(book: Book) -> list[str]:
    """What is said of the cases that misbehave on purpose."""
    record, kasan = book.record("guards-6.12"), book.record("guards-6.12-kasan")
    found = paragraph(f"Made by ``scripts/controls.sh --guards`` on Linux "
                      f"{record['kernel_version']} ({book.when(record)}):")
    found += [*tables.rst(record["table"]), ""]
    found += paragraph(
        f"{record['caught']} of the {record['misbehave']} cases that misbehave in this "
        f"kernel are caught; kunit.py alone passes {record['missed']} of them. In the "
        f"variant kasan, which has all of them, it is {kasan['caught']} of "
        f"{kasan['misbehave']} ({book.when(kasan)}).")
    return found[:-1]


def kernel_table(book: Book) -> list[str]:
    """The kernels of which a run is recorded."""
    records = kernels.read(book.sources.top)
    return tables.rst(kernels.rows(records)) if records else \
        ["No run on another kernel is recorded."]


def kernel_details(book: Book) -> list[str]:
    """What these kernels have wrong, and why cases are skipped there."""
    records = kernels.read(book.sources.top)
    named = known.read(patching.read(book.sources.top / "patches"))
    return [*paragraph("Known bugs, with the kernels and how many cases show them there:"),
            *tables.rst(kernels.bugs(records, named)), "",
            *paragraph("Skipped, with the kernels and how many cases:"),
            *tables.rst(kernels.reasons(records))] if records else \
        ["No run on another kernel is recorded."]


def explored(book: Book) -> list[str]:
    """What was covered by schedules."""
    found = []
    for record in book.kind("schedules"):
        text, table = schedules.programs(record, book.when(record))
        found += [*paragraph(text), *table, ""]
    return found[:-1] or ["No exploration is recorded."]


def hunted(book: Book) -> list[str]:
    """Which controls schedules have found."""
    found = []
    for record in book.kind("hunts"):
        text, table = schedules.hunts(record, book.when(record))
        found += [*paragraph(text), *table, ""]
    return found[:-1] or ["No hunt is recorded."]


def bisected(book: Book) -> list[str]:
    """Which bisections across releases were made."""
    found = []
    for text, table in bisections.rst(bisections.read(book.sources.top)):
        found += [*paragraph(text), *table, ""]
    return found[:-1] or ["No bisection is recorded."]


# By the name that stands behind ".. figures: begin".
TEXTS: Mapping[str, Callable[[Book], list[str]]] = {
    "example": example, "covered": covered, "control-runs": control_runs, "ways": ways,
    "verdicts": verdicts,
    "repeats": repeats, "kernels": kernel_table, "kernel-details": kernel_details, "mutants": mutated,
    "mutant-reasons": lambda book: mutants.reasons(book.kind("mutants"), judged.read()),
    "functions": lambda book: reached.table(book.kind("reached")),
    "lines-not-reached": lambda book: reached.missed(
        book.kind("reached"), reached.words(book.sources.top)),
    "mutants-that-live": lambda book: mutants.lives(book.kind("mutants")), "guards": guards,
    "large-folio-table": lambda book: folio_table.rst(book.kind("rows"), book.when),
    "device-page-counts": lambda book: page_counts.rst(book.kind("counts"), book.when),
    "bisections": bisected, "schedules": explored, "hunts": hunted,
    "walker-table": lambda book: walker_table.rst(book.sources.top)[:-1]}
_BLOCK = re.compile(r"^\.\. figures: begin (\S+)\n(.*?)^\.\. figures: end$",
                    re.MULTILINE | re.DOTALL)


def fill(text: str, book: Optional[Book], where: str) -> str:
    """@text of the document @where with all its places filled; emptied without @book.

    Raises TestbedError if a place is not one of ours.
    """
    def one(match: "re.Match[str]") -> str:
        name = match.group(1)
        if name not in TEXTS:
            raise TestbedError(f"{where} has a place for '{name}', which no figure is "
                               f"called; there are {', '.join(TEXTS)}")
        body = "" if book is None else "\n".join(TEXTS[name](book)) + "\n\n"
        return f".. figures: begin {name}\n\n{body}.. figures: end"

    filled = _BLOCK.sub(one, text)
    marks = len(re.findall(r"^\.\. figures:", filled, re.MULTILINE))
    if marks != 2 * len(_BLOCK.findall(filled)):
        raise TestbedError(f"{where} has a '.. figures:' that is not a begin with its "
                           "end; see Documentation/figures.rst")
    return filled
