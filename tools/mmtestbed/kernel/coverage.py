# SPDX-License-Identifier: GPL-2.0
"""Which lines and branches of the files under test have run (--variant gcov).

The compiler puts counters into these files only.  Each boot leaves the values of its
counters behind when the kernel halts; they are added up, gcov says which lines they
belong to, and the report is made of that.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Iterable, Iterator, Mapping, Optional, Sequence

from ..errors import TestbedError
from ..host import beneath, confine, lock, ns, proc
from ..model.counted import FILES
from ..ui import output
from .tree import Places

TEXT, JSON, HTML = "functions.txt", "functions.json", "html"


def is_report(folder: Path) -> bool:
    """True if all that @folder holds is a report of ours."""
    return {path.name for path in folder.iterdir()} <= {TEXT, JSON, HTML} and \
        all(path.is_file() for path in (folder / TEXT, folder / JSON) if path.exists()) \
        and not (folder / HTML).is_symlink()


@dataclass
class Function:
    """What has run of one function.

    @lines: whether it has run, by line number.
    @branches: (taken, total).
    """

    file: str
    name: str
    start: int
    lines: dict[int, bool] = field(default_factory=dict)
    branches: tuple[int, int] = (0, 0)

    @property
    def hit(self) -> int:
        """Lines that have run."""
        return sum(self.lines.values())

    @property
    def unhit(self) -> list[int]:
        """Lines that have not."""
        return sorted(line for line, ran in self.lines.items() if not ran)


def parse(text: str) -> list[Function]:
    """The functions in what gcov --json-format --stdout prints, in source order.

    Raises TestbedError if that is not what @text is.
    """
    found: dict[tuple[str, str], Function] = {}
    try:
        for document in text.splitlines():
            if document.strip():
                _take(json.loads(document), found)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise TestbedError("cannot read what gcov prints; is it the gcov of this "
                           "compiler?", text.splitlines()[:3]) from None
    return sorted((f for f in found.values() if f.lines),
                  key=lambda f: (f.file, f.start, f.name))


def _take(data: Mapping[str, Any], found: dict[tuple[str, str], Function]) -> None:
    for file in data["files"]:
        match = re.search(rf"(?:^|/)((?:{'|'.join(FILES)})\.c)$", file["file"])
        if not match:
            continue                    # of a header, and not ours to count
        path = match.group(1)
        for entry in file["functions"]:
            name = entry["name"]
            found.setdefault((path, name), Function(path, name, entry["start_line"]))
        for entry in file["lines"]:
            function = found.get((path, entry.get("function_name", "")))
            if function is None:
                continue
            number = entry["line_number"]
            function.lines[number] = function.lines.get(number, False) or \
                entry["count"] > 0
            taken, total = function.branches
            ways = [way["count"] > 0 for way in entry["branches"] if not way["throw"]]
            function.branches = (taken + sum(ways), total + len(ways))


def ranges(numbers: Iterable[int]) -> str:
    """Ascending @numbers in a few words: 3 5-7 9."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    return " ".join("-".join(map(str, part)) for part in parts)


def text_report(functions: Sequence[Function], version: str) -> list[str]:
    """The report.  The same for two runs that ran the same; diff it."""
    width = max((len(f.name) for f in functions), default=0)
    out = [f"Linux {version}", ""]
    for path in sorted({f.file for f in functions}):
        mine = [f for f in functions if f.file == path]
        out.append(_row(path, width + 2, mine))
        for function in mine:
            out.append("  " + _row(function.name, width, [function]))
            if function.hit and function.unhit:
                out.append("      not run: " + ranges(function.unhit))
        out.append("")
    out.append(_row("all", width + 2, functions))
    return out


def _row(name: str, width: int, functions: Sequence[Function]) -> str:
    hit, lines = sum(f.hit for f in functions), sum(len(f.lines) for f in functions)
    taken = sum(f.branches[0] for f in functions)
    branches = sum(f.branches[1] for f in functions)
    return (f"{name:{width}}  lines {f'{hit}/{lines}':>9}  "
            f"branches {f'{taken}/{branches}':>9}")


def summary(functions: Sequence[Function]) -> str:
    """All of it in one line."""
    hit, lines = sum(f.hit for f in functions), sum(len(f.lines) for f in functions)
    entered = sum(bool(f.hit) for f in functions)
    return (f"{hit} of {lines} lines, {entered} of {len(functions)} functions in "
            f"{len({f.file for f in functions})} files")


def as_json(functions: Sequence[Function], version: str, facts: Mapping[str, Any],
            text: Callable[[str], Sequence[str]] = lambda path: ()) -> dict[str, Any]:
    """The report for programs; @facts: what it was counted on; @text: the lines of a file."""
    def lines(function: Function) -> list[str]:
        source = text(function.file)
        return [" ".join(source[number - 1].split()) for number in function.unhit
                if number <= len(source)]

    return {"schema": 1, "kernel_version": version, **facts, "functions": [
        {"file": f.file, "name": f.name, "start_line": f.start,
         "lines_run": sorted(line for line, ran in f.lines.items() if ran),
         "lines_not_run": f.unhit, "text_not_run": lines(f),
         "branches_taken": f.branches[0], "branches": f.branches[1]} for f in functions]}


class Counters:
    """The counters of all boots of a run; safe to use from several threads.

    @folder: for our files.
    @places: the tree and the build folder as the compiler saw them.
    """

    def __init__(self, folder: Path, places: Places) -> None:
        self._folder = folder
        self._places = places
        self._mutex = threading.Lock()
        self._sum: Optional[Path] = None
        self._number = 0
        self.lost = 0

    @property
    def notes(self) -> Path:
        """Where the compiler's notes are kept, once keep() has been called."""
        return self._folder / "notes"

    def keep(self) -> None:
        """Take what gcov needs from the tree and the build folder.

        Call it while both are in place.  Raises TestbedError if nothing is there.
        """
        build, source = self._places.build, self._places.src
        notes = [Path(f"{name}.gcno") for name in FILES
                 if (build / f"{name}.gcno").exists()]
        if not notes:
            raise TestbedError("the compiler has left no .gcno files; the tree may "
                               "not honour CONFIG_GCOV")
        for note in notes:
            beneath.copy(build, str(note), self._folder / "notes" / note)
        # gcovr wants each file that has a function, headers among them.
        for name in _names(_gcov([build / note for note in notes], build)):
            path = Path(os.path.normpath(build / name))
            if path.is_relative_to(source):
                with contextlib.suppress(OSError):
                    below = str(path.relative_to(source))
                    beneath.copy(source, below, self._folder / "src" / below)

    def environment(self, folder: Path) -> dict[str, str]:
        """What a kernel that boots in @folder has to know."""
        return {"GCOV_PREFIX": str(folder / "gcov"),
                "GCOV_PREFIX_STRIP": str(len(self._places.build.parts) - 1)}

    def lose(self) -> None:
        """A kernel, or a child of one, has ended before it could leave any."""
        with self._mutex:
            self.lost += 1

    def add(self, folder: Path, idle: bool = False) -> None:
        """A kernel that was booted in @folder has ended; @idle: it may have run nothing."""
        new = folder / "gcov"
        if not any(new.rglob("*.gcda")):
            if not idle:
                self.lose()
            return
        with self._mutex:
            self._number += 1
            target = self._folder / f"sum-{self._number}"
            _gather(new, target)
            if self._sum is not None:
                target = self._merge(self._sum, target)
            self._sum = target

    def _merge(self, old: Path, new: Path) -> Path:
        """The sums of @old and @new, which are no more."""
        merged = self._folder / f"merged-{self._number}"
        target = self._folder / f"all-{self._number}"
        merged.mkdir()
        # It opens what it reads for writing, too.
        with confine.cage([], [old, new, merged]) as cage:
            _check("gcov-tool", proc.run(
                ["gcov-tool", "merge", "-o", str(merged), str(old), str(new)],
                env=confine.environment(), cage=cage))
        _gather(merged, target)
        for folder in (merged, old, new):
            shutil.rmtree(folder)
        return target

    def functions(self) -> list[Function]:
        """What has run.  Raises TestbedError if no boot has left counters."""
        if self._sum is None:
            raise TestbedError("no kernel has lived long enough to leave its counters")
        for note in beneath.files(self.notes):
            beneath.copy(self.notes, note, self._sum / note)
        # gcov takes the paths of the notes for relative to where it runs.
        return parse(_gcov(sorted(self._sum.rglob("*.gcno")), self._folder))

    def html(self, target: Path) -> None:
        """Write HTML pages to @target.  Raises TestbedError."""
        assert self._sum
        target.mkdir()
        with self._source() as root, confine.cage([root], [self._sum, target]) as cage:
            _check("gcovr", proc.run(
                ["gcovr", "--root", str(root), "--object-directory", str(self._sum),
                 "--filter", f".*/(?:{'|'.join(FILES)})[.]c$",
                 "--html-details", str(target / "index.html"), "--html-title",
                 "mm-testbed", str(self._sum)], cwd=self._sum,
                env=confine.environment(), cage=cage))
        if not list(target.glob("index.*.c.*.html")):
            raise TestbedError("gcovr has not found the source that it should show")

    @contextlib.contextmanager
    def _source(self) -> Iterator[Path]:
        """The files under test, at the path that the notes have for them."""
        place = self._places.src
        if (place / "mm").exists():
            yield place
            return
        ns.bind(self._folder / "src", place)
        try:
            yield place
        finally:
            ns.umount(place)

    def _text(self, path: str) -> list[str]:
        """The lines of the file @path, as far as it was kept."""
        kept = self._folder / "src"
        data = beneath.read(kept, path) if kept.is_dir() else None
        return (data or b"").decode("utf-8", "replace").splitlines()

    def report(self, target: Path, version: str, html: bool = True,
               facts: Optional[Mapping[str, Any]] = None) -> str:
        """Write everything to the folder @target, in one step; the summary.

        @html: pages with the source, too.  @facts: more for the JSON.
        Raises TestbedError if a tool fails, OSError if @target cannot be written.
        """
        functions = self.functions()
        new = self._folder / "report"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        (new / TEXT).write_text("\n".join(text_report(functions, version)) + "\n",
                                encoding="utf-8")
        (new / JSON).write_bytes(lock.json_bytes(
            as_json(functions, version, facts or {}, self._text)))
        if html:
            self.html(new / HTML)
        target.mkdir(parents=True, exist_ok=True)
        for name in (TEXT, JSON):
            output.write(target / name, (new / name).read_bytes())
        old = target / HTML
        if old.is_dir():
            shutil.rmtree(old)
        if html:
            shutil.move(new / HTML, old)
        return summary(functions)


def _gather(folder: Path, target: Path) -> None:
    """Copy the files in @folder, which others may write to, to the new @target."""
    target.mkdir(parents=True)
    for path in beneath.files(folder):
        with contextlib.suppress(OSError):
            beneath.copy(folder, path, target / path)


def _gcov(notes: Sequence[Path], folder: Path) -> str:
    """What gcov, run in @folder, says about @notes: JSON, one document a line."""
    # It may say in the middle of that that there are no counters yet.
    with confine.cage([folder]) as cage:
        done = proc.run(["sh", "-c", 'exec gcov "$@" 2>/dev/null', "sh", "--json-format",
                         "--branch-probabilities", "--stdout",
                         *(str(note) for note in notes)], cwd=folder,
                        env=confine.environment(), cage=cage)
    _check("gcov", done)
    return "\n".join(line for line in done.output.splitlines() if line.startswith("{"))


def _names(text: str) -> set[str]:
    """The source files that the documents in @text are about."""
    return {file["file"] for line in text.splitlines()
            for file in json.loads(line)["files"]}


def _check(tool: str, done: proc.Done) -> None:
    if done.code != 0:
        raise TestbedError(f"{tool} fails; is it that of this compiler?",
                           done.output.splitlines()[-6:])
