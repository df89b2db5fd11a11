# SPDX-License-Identifier: GPL-2.0
"""Keep the numbers in the documents true: they come from the sources and from records.

    PYTHONPATH=tools python3 -P -m mmtestbed.cli.figures record out.json ...
    PYTHONPATH=tools python3 -P -m mmtestbed.cli.figures update
    PYTHONPATH=tools python3 -P -m mmtestbed.cli.figures check
"""

from __future__ import annotations

import argparse
import difflib
import sys
from pathlib import Path
from typing import Optional, Sequence

from ..errors import Exit, TestbedError
from ..figures import figure_texts, results
from ..figures.figure_texts import Book
from ..figures.results import Sources
from ..host import lock
from ..model import cases
from ..model.repository import REPOSITORY
from ..ui import words
from ..ui.console import Console
from . import entry, shared

COMMAND = "PYTHONPATH=tools python3 -P -m mmtestbed.cli.figures"


def documents(top: Path) -> list[Path]:
    """The documents of the repository @top that may have places to fill."""
    return [top / "README.rst", *sorted((top / "Documentation").glob("*.rst"))]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as err:
        raise TestbedError(f"cannot read {path}: {err}; restore it from git") from None


def book(top: Path) -> Book:
    """What the numbers of @top are made of.  Raises TestbedError."""
    return Book(Sources.read(top), results.read(top),
                cases.contracts_of(_text(top / "Documentation" / "contracts.rst")))


def wanted(top: Path) -> dict[Path, tuple[str, str]]:
    """Each document of @top as it is, and as it should be.  Raises TestbedError."""
    known = book(top)
    found = {}
    for path in documents(top):
        text = _text(path)
        found[path] = (text, figure_texts.fill(text, known,
                                               str(path.relative_to(top))))
    return found


def update(top: Path, console: Console) -> None:
    """Fill the places of all documents of @top.  Raises TestbedError, OSError."""
    for path, (old, new) in wanted(top).items():
        if old != new:
            lock.write(path, new.encode())
            console.line(f"updated {path.relative_to(top)}")


def check(top: Path, current: bool, console: Console) -> int:
    """Print what is wrong with the documents of @top; the exit code.

    @current: a record of other suites or patches than today's is wrong, too.
    """
    wrong = 0
    for path, (old, new) in wanted(top).items():
        if old != new:
            wrong += 1
            name = str(path.relative_to(top))
            console.lines([line.rstrip("\n") for line in difflib.unified_diff(
                old.splitlines(), new.splitlines(), name, "as it should be", n=0,
                lineterm="")], "")
    if wrong:
        console.line(f"FAIL: {words.count(wrong, 'document')} to be filled anew; run "
                     f"{COMMAND} update")
    known = book(top)
    stale = [name for name, record in known.records.items()
             if not known.sources.current(record)]
    for name in stale if current else ():
        record = known.records[name]
        console.line(f"{name}: of {known.when(record)}")
    if current and stale:
        wrong += 1
        console.line(f"FAIL: {words.count(len(stale), 'record')} of other suites or "
                     "patches; measure and record again")
    if not wrong:
        console.line(f"PASS: {words.count(len(known.records), 'record')}, {len(stale)} "
                     "of other suites or patches, as the text says")
    return Exit.FAILED if wrong else Exit.PASSED


def record(top: Path, files: Sequence[Path], first: bool, console: Console) -> None:
    """Keep what is in @files, and fill the places.  Raises TestbedError, OSError."""
    sources = Sources.read(top)
    found: dict[str, results.Record] = {}
    for path in files:
        found.update(results.make(path, sources, first))
    for name, made in found.items():
        console.line("recorded "
                     f"{results.write(top, name, made).relative_to(top)}")
    update(top, console)


def _parser() -> argparse.ArgumentParser:
    parser = shared.Parser(
        prog=COMMAND, allow_abbrev=False,
        description="Keep the numbers in README.rst and Documentation/ true. See "
                    "Documentation/figures.rst.",
        epilog="Exit codes: 0 done, or nothing wrong; 1 check has found something; 2 "
               "wrong usage, or a result that cannot be recorded; 125 a document or a "
               "record cannot be read.")
    what = parser.add_subparsers(dest="what", required=True)
    add = what.add_parser("record", help="keep results, and fill the places")
    add.add_argument("files", metavar="JSON", nargs="+", type=Path,
                     help="what a script has written with --json")
    add.add_argument("--first", action="store_true",
                     help="it is a run of scripts/run.sh with nothing built before")
    what.add_parser("update", help="fill the places")
    add = what.add_parser("check", help="say what is out of date, and change nothing")
    add.add_argument("--current", action="store_true",
                     help="no record may be of other suites or patches than today's")
    return parser


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command; returns its exit code."""
    console = Console()

    def work() -> int:
        args = _parser().parse_args(argv)
        if args.what == "check":
            return check(REPOSITORY, args.current, console)
        if args.what == "record":
            record(REPOSITORY, args.files, args.first, console)
        else:
            update(REPOSITORY, console)
        return Exit.PASSED

    return shared.guarded(console, work)


if __name__ == "__main__":
    sys.exit(entry.run(main))
