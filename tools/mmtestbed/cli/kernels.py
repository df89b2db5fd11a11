# SPDX-License-Identifier: GPL-2.0
"""The kernels that have been tried, and the bugs that they are known to have."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Iterator, Optional, Sequence

from ..errors import Exit, TestbedError, UsageError
from ..figures import bisections, kernels
from ..host import cachedir
from ..kernel import blobs, fixes, goes_in, patching, source, trees
from ..model import known, lines
from ..model.known import Bug
from ..model.repository import REPOSITORY
from ..result import schema
from ..ui import tables
from ..ui.console import Console
from ..ui.words import count
from . import entry, shared


def _at_hand(console: Console) -> Iterator[tuple[str, Path]]:
    """(version, source) of each kernel that is on this machine."""
    cache = cachedir.root(console, create=False)
    for line in lines.LINES:
        found = source.present(line, cache)
        if found:
            yield found.version, found.path
    for path in trees.all_named():
        yield source.from_kdir(str(path), None, console).version, path


def present(path: Path, bugs: Sequence[Bug]) -> "dict[str, bool] | str":
    """Which of @bugs the source @path has, by name; why not, if that cannot be told."""
    with tempfile.TemporaryDirectory() as scratch:
        try:
            there, _ = fixes.missing(path, Path(scratch))
        except TestbedError as err:
            return err.message
    return {bug.name: bug.name in there for bug in bugs}


def show_known(kdirs: Sequence[Path], console: Console) -> int:
    """Print kernel x bug.  Raises TestbedError."""
    bugs = known.read(patching.ours())
    kept = {record["version"]: record for record in kernels.read(REPOSITORY)}
    found = [(source.from_kdir(str(path), None, console).version, path) for path in kdirs] \
        or list(dict(_at_hand(console)).items())
    columns: list[tuple[str, "dict[str, bool] | str"]] = [
        (version, present(path, bugs)) for version, path in found]
    if not kdirs:
        seen = {version for version, _ in columns}
        columns += [(version, {bug.name: bug.name.partition("/")[2] in record["known"]
                               for bug in bugs})
                    for version, record in kept.items() if version not in seen]
    columns.sort(key=lambda column: kernels.number(column[0]))
    for version, state in columns:
        if isinstance(state, str):
            console.note(f"{version}: {state}")
    columns = [column for column in columns if not isinstance(column[1], str)]
    console.lines(tables.plain([
        ["bug", "breaks", *(version for version, _ in columns), "fix"],
        *([bug.name.partition("/")[2], " ".join(bug.breaks),
           *(bug.happens if state[bug.name] else "-"        # type: ignore[index]
             for _, state in columns), str(bug)] for bug in bugs)]), "")
    return Exit.PASSED


def check(kdirs: Sequence[Path], git: Optional[Path], console: Console) -> int:
    """Print into which kernels the whole series goes; the exit code.

    @kdirs: trees, or none for those on this machine.  @git: a repository with more releases.
    Raises TestbedError.
    """
    found = {source.from_kdir(str(path), None, console).version: path for path in kdirs} \
        if kdirs else dict(_at_hand(console))
    others = {release: known for release, known in blobs.read().items()
              if release not in found}
    with tempfile.TemporaryDirectory() as folder:
        asked = [goes_in.Kernel(version, path) for version, path in found.items()]
        if git:
            asked += goes_in.releases(git, others, Path(folder))
        if not asked:
            raise UsageError(f"there is no kernel here; name one in {trees.WHERE}")
        asked.sort(key=lambda kernel: kernels.number(kernel.version))
        console.begin(f"the series on {count(len(asked), 'kernel')}")
        tried = [goes_in.one(kernel) for kernel in asked]
        console.end()
    for each in tried:
        if each.error:
            console.line(f"BROKEN {each.version}: {each.error.message}")
            console.lines(each.error.details)
        else:
            console.line(f"{each.version}: {each.ways()}")
    missing = others.keys() - {each.version for each in tried}
    if missing and not kdirs:
        console.note(f"not here, not tried: {', '.join(sorted(missing, key=kernels.number))}; "
                     f"name their trees in {trees.WHERE}, or a repository with --git")
    broken = [each.version for each in tried if each.error]
    console.line(f"FAIL: the series stops on {', '.join(broken)}" if broken else
                 f"PASS: the series goes into {count(len(tried), 'kernel')}")
    return Exit.FAILED if broken else Exit.PASSED


def _parser() -> argparse.ArgumentParser:
    parser = shared.Parser(
        prog=shared.me("kernels"), allow_abbrev=False, description=__doc__,
        epilog="See Documentation/kernels.rst. Exit codes: 0 done; 1 check: the series stops "
               "on a kernel; 2 wrong usage, or a result that cannot be recorded; 125 "
               "something cannot be read.")
    what = parser.add_subparsers(dest="what", required=True)
    add = what.add_parser("record", help="keep runs, or controls of kernels with a "
                          "run, or bisections")
    add.add_argument("files", metavar="JSON", nargs="+", type=Path,
                     help="what run, controls or bisect has written with --json")
    what.add_parser("table", help="print the table of the runs that are kept, as rst")
    what.add_parser("blobs", help="make patches/blobs anew, from the kernels on this machine")
    add = what.add_parser("check", help="does the whole series go into each kernel: of those "
                          "on this machine, or of those that are named?")
    add.add_argument("kdirs", metavar="KDIR", nargs="*", type=Path)
    add.add_argument("--git", metavar="PATH", type=Path, help="a repository; the releases of "
                     "patches/blobs whose files it has are tried as well")
    add = what.add_parser("known", help="print which kernel has which known bug: of those "
                          "on this machine, or of those that are named")
    add.add_argument("kdirs", metavar="KDIR", nargs="*", type=Path)
    return parser


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command; returns its exit code."""
    console = Console()

    def work() -> int:
        args = _parser().parse_args(argv)
        if args.what == "known":
            return show_known(args.kdirs, console)
        if args.what == "check":
            return check(args.kdirs, args.git, console)
        if args.what == "record":
            for file in args.files:
                data = schema.read(file)
                kept = (bisections if "first_fixed" in data else kernels).keep(
                    REPOSITORY, data, file.name)
                console.line(f"recorded {kept.relative_to(REPOSITORY)}")
            return Exit.PASSED
        if args.what == "blobs":
            found = sorted(dict(_at_hand(console)).items(), key=lambda row: kernels.number(row[0]))
            console.line(f"made {blobs.write(found).relative_to(REPOSITORY)} from " +
                         ", ".join(version for version, _ in found))
            return Exit.PASSED
        records = kernels.read(REPOSITORY)
        console.lines([*tables.rst(kernels.rows(records)), "",
                       *tables.rst(kernels.bugs(records, known.read(patching.ours()))), "",
                       *tables.rst(kernels.reasons(records))], "")
        return Exit.PASSED

    return shared.guarded(console, work)


if __name__ == "__main__":
    sys.exit(entry.run(main))
