# SPDX-License-Identifier: GPL-2.0
"""mmt rehearsal: does the series still apply to tomorrow's kernel?"""

from __future__ import annotations

import argparse
import collections
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

from ..errors import Exit, TestbedError, UsageError
from ..host import cachedir
from ..kernel import patching, rehearsal, source
from ..model import lines
from ..ui import tables
from ..ui.console import Console
from ..ui.words import count
from . import entry, shared


@dataclass(frozen=True)
class Tried:
    """What came of one tree: the changes, how many patches went in, how many of these loosely
    and by a merge with the kernel that it was made from, and what stopped it."""

    seed: int
    changes: Sequence[rehearsal.Change]
    applied: int
    loosely: int
    merged: int
    error: str


def one(top: Path, patches: Sequence[Path], seed: int, changes: int,
        keep: Optional[Path] = None) -> Tried:
    """Derive the tree of @seed, and apply @patches to it, one after the other.

    @keep: write all of the tree to this folder, which is not there yet.  Raises HostError.
    """
    tree, made = rehearsal.derive(top, patches, seed, changes, keep is not None)
    if keep:
        rehearsal.keep(tree, keep)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "tree"
        tree.write(folder)
        error, loosely, merged = "", 0, 0
        # So many go in for sure, and so many perhaps.
        applied, most = 0, len(patches)
        number = most
        while applied < most:
            with tempfile.TemporaryDirectory(dir=name) as scratch:
                try:
                    taken = patching.apply(folder, patches[:number], Path(scratch),
                                           lambda paths: [top]).taken
                    applied = number
                    loosely, merged = (sum(each.how == how for each in taken)
                                       for how in ("loosely", "merged"))
                except TestbedError as err:
                    most, error = number - 1, err.message
            number = (applied + most + 1) // 2
    return Tried(seed, made, applied, loosely, merged, error)


def show(found: Sequence[Tried], patches: int, console: Console) -> int:
    """Print what has come out; the exit code."""
    rows = [["seed", "changes", "applied", "loosely", "merged", "what stopped it"]]
    for each in found:
        rows.append([str(each.seed), str(len(each.changes)), f"{each.applied} of {patches}",
                     str(each.loosely), str(each.merged), each.error])
    console.lines(tables.plain(rows, 200), "")
    whole = sum(not each.error for each in found)
    tally = collections.Counter(change.kind for each in found for change in each.changes)
    console.line()
    console.line(f"{whole} of {count(len(found), 'tree')} took the whole series; changes: " +
                 ", ".join(f"{number} {kind}" for kind, number in tally.most_common()))
    nameless = [each for each in found if each.error and ".patch" not in each.error]
    if nameless:
        console.line(f"FAIL: {count(len(nameless), 'error')} without the name of a patch: "
                     f"{nameless[0].error}")
    return Exit.FAILED if nameless else Exit.PASSED


def _parser() -> argparse.ArgumentParser:
    parser = shared.Parser(
        prog=shared.me("rehearsal"), allow_abbrev=False,
        description="Make trees out of the newest kernel by changes such as a release "
                    "brings, drawn from a seed, and apply the series to them.",
        epilog="Exit codes: 0 each tree took the series, or the error names the patch; 1 "
               "an error does not; 2 wrong usage; 125 there is no source.")
    add = parser.add_argument
    add("--kdir", metavar="PATH", help="the kernel to start from (default: the newest 7.x)")
    add("--trees", metavar="N", type=shared.positive,
        help="so many (default: 20; with --keep, 1)")
    add("--changes", metavar="N", type=shared.positive, default=5, help="in each of them")
    add("--seed", metavar="N", type=shared.number, default=1, help="of the first tree")
    add("--keep", metavar="FOLDER", type=Path, help="write the whole tree of the seed to the "
        "new FOLDER, to be built and run with --kdir FOLDER")
    return parser


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command; returns its exit code."""
    console = Console()
    try:
        args = _parser().parse_args(sys.argv[1:] if argv is None else argv)
        trees = args.trees or (1 if args.keep else 20)
        if args.keep and trees != 1:
            raise UsageError("--keep writes one tree; leave --trees out")
        if args.keep and args.keep.exists():
            raise UsageError(f"{args.keep} is there already; name a new folder")
        if args.kdir:
            top = source.from_kdir(args.kdir, None, console).path
        else:
            cache = cachedir.root(console)
            line = lines.by_name("7.x")
            top = source.unpack(line, source.tarball(line, cache, console), cache,
                                console).path
        patches = patching.ours()
        console.begin(f"{count(trees, 'tree')} of {args.changes} changes each, seeds from "
                      f"{args.seed}")
        found = [one(top, patches, args.seed + number, args.changes, args.keep)
                 for number in range(trees)]
        console.end()
        if args.keep:
            console.lines([f"{change.kind}: {change.what}" for change in found[0].changes], "")
            console.line(f"wrote {args.keep}; judge it with scripts/run.sh --kdir {args.keep}")
        return show(found, len(patches), console)
    except TestbedError as err:
        console.error(err)
        return err.code


if __name__ == "__main__":
    sys.exit(entry.run(main))
