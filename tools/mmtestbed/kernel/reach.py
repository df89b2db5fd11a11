# SPDX-License-Identifier: GPL-2.0
"""Which functions each case reaches, from the counters that its child leaves.

A child counts on from where the kernel was that forked it.  What all cases have counted
alike may be of the boot: such a function counts as reached by a case only if the case has
counted more than another.
"""

from __future__ import annotations

import re
import shutil
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterable, Mapping, Optional, Sequence

from ..errors import TestbedError
from ..host import beneath, confine, lock, proc
from ..model.outcomes import Name

SCHEMA = 1
_FUNCTION = re.compile(r"FUNCTION ident=(\d+), .*`(\w+)' .*?(mm/\w+\.c):\d+")
_COUNTED = re.compile(r"FUNCTION ident=(\d+),")
_COUNTS = re.compile(r"^\S*:\s+\d+: ([\d ]+)$")
# A function: (file, name).
Function = tuple[str, str]


def functions(dump: str) -> dict[int, Function]:
    """The functions in what gcov-dump says of notes, by the number that they have."""
    return {int(ident): (file, name) for ident, name, file in _FUNCTION.findall(dump)}


def counts(dump: str) -> dict[int, int]:
    """How often anything in each function has run, by its number, in what gcov-dump -l
    says of counters."""
    found: dict[int, int] = {}
    current: Optional[int] = None
    for line in dump.splitlines():
        match = _COUNTED.search(line)
        if match:
            current = int(match.group(1))
            found.setdefault(current, 0)
            continue
        match = _COUNTS.match(line)
        if match and current is not None:
            found[current] += sum(map(int, match.group(1).split()))
    return found


def _dump(files: Sequence[Path], folder: Path) -> str:
    with confine.cage([folder]) as cage:
        done = proc.run(["gcov-dump", "-l", *map(str, files)], cwd=folder,
                        env=confine.environment(), cage=cage)
    if done.code != 0:
        raise TestbedError("gcov-dump fails; is it that of this compiler?",
                           done.output.splitlines()[-4:])
    return done.output


@dataclass
class Reach:
    """What is recorded.

    @functions: all that were counted.  @cases: for each, those that it reaches.
    @alike: that all cases have counted alike: by the boot, or by each of them.
    @facts: on what it was recorded.
    """

    functions: set[Function] = field(default_factory=set)
    cases: dict[str, set[Function]] = field(default_factory=dict)
    alike: set[Function] = field(default_factory=set)
    facts: Mapping[str, Any] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write it to @path."""
        every = sorted(self.functions)
        number = {function: index for index, function in enumerate(every)}
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.write_json(path, {
            "schema": SCHEMA, **self.facts, "functions": every,
            "alike": sorted(number[function] for function in self.alike),
            "cases": {case: sorted(number[function] for function in reached)
                      for case, reached in sorted(self.cases.items())}})


def place(cache: Path, line: str) -> Path:
    """Where the record for kernels of @line is."""
    return cache / "reach" / f"{line}.json"


def load(path: Path) -> Optional[Reach]:
    """What is recorded in @path; None if nothing, or if it is of another version."""
    data = lock.read_json(path)
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        return None
    every = [(file, name) for file, name in data["functions"]]
    return Reach(set(every), {case: {every[index] for index in reached}
                              for case, reached in data["cases"].items()},
                 {every[index] for index in data["alike"]},
                 {key: data[key] for key in ("line", "kernel_version", "date", "suites")})


def gather(names: Mapping[int, Function], counted: Mapping[str, Mapping[int, int]],
           facts: Mapping[str, Any]) -> Reach:
    """What the counters of each case, @counted, say about the functions @names."""
    found = Reach(set(names.values()), facts=facts)
    least = {ident: min((each.get(ident, 0) for each in counted.values()), default=0)
             for ident in names}
    most = {ident: max((each.get(ident, 0) for each in counted.values()), default=0)
            for ident in names}
    found.alike = {names[ident] for ident in names if least[ident] == most[ident] > 0}
    for case, each in counted.items():
        found.cases[case] = {names[ident] for ident in names
                             if each.get(ident, 0) > least[ident]}
    return found


class Recorder:
    """Takes the counters of each case; safe to use from several threads.

    @notes: the folder with mm/*.gcno.  @folder: for our files.
    """

    def __init__(self, notes: Path, folder: Path) -> None:
        self._folder = folder
        self._notes = notes
        self._counted: dict[str, dict[int, int]] = {}
        self._mutex = threading.Lock()
        self._number = 0

    def add(self, name: Name, room: Path) -> None:
        """A child has run the case @name, and left its counters in @room."""
        left = room / "gcov"
        with self._mutex:
            self._number += 1
            mine = self._folder / f"case-{self._number}"
        mine.mkdir(parents=True)
        for path in beneath.files(left) if left.is_dir() else ():
            beneath.copy(left, path, mine / path)
        shutil.rmtree(left, ignore_errors=True)
        files = sorted(mine.rglob("*.gcda"))
        if files:
            found = counts(_dump(files, mine))
            with self._mutex:
                self._counted[".".join(name)] = found
        shutil.rmtree(mine, ignore_errors=True)

    def result(self, facts: Mapping[str, Any]) -> Reach:
        """All of it.  Raises TestbedError if no child has left any."""
        if not self._counted:
            raise TestbedError("no case has left counters; can this kernel fork itself?")
        notes = sorted(self._notes.rglob("*.gcno"))
        return gather(functions(_dump(notes, self._notes)), self._counted, facts)


def cases_for(reach: Reach, changed: Iterable[Function], names: Sequence[Name]
              ) -> tuple[list[Name], list[Name]]:
    """(cases of @names that reach one of @changed, those of which nothing is recorded)."""
    wanted = set(changed)
    known = [name for name in names if ".".join(name) in reach.cases]
    return ([name for name in known if reach.cases[".".join(name)] & wanted],
            [name for name in names if ".".join(name) not in reach.cases])
