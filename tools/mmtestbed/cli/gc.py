# SPDX-License-Identifier: GPL-2.0
"""mmt gc: what the cache holds, and free it."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

from ..errors import Exit, TestbedError
from ..host import cachedir, lock, prune
from ..ui import output, tables, words
from ..ui.console import Console
from . import shared

_GIB = 1 << 30
_DAY = 24 * 60 * 60
# What the folders of the cache are for.
_KINDS = {"state": "builds", "git": "private repositories", "src": "kernel sources",
          "test-history": "histories of the tests", "ccache": "compiled files"}


@dataclass(frozen=True)
class Held:
    """One thing in the cache.

    @used: when, in seconds since the epoch; None if it is no folder that can go alone.
    @why: it stays, in any case.
    """

    path: Path
    kind: str
    size: int
    used: Optional[float]
    why: str = ""


def holds(cache: Path) -> list[Held]:
    """What @cache holds, what was used last first."""
    now = time.time()
    alone = {path: used for name in prune.KEPT for path in sorted((cache / name).glob("*"))
             if (used := prune.used(path)) is not None}
    others = [path for path in sorted(cache.glob("*"))
              if path.name not in (*prune.KEPT, "mnt", "lock")]
    sizes = prune.sizes(cache, [*alone, *others], now)
    found = [Held(path, _KINDS.get(path.parent.name, path.parent.name), sizes[path], used,
                  "an unfinished bisection" if prune.wanted(path) else "")
             for path, used in alone.items()]
    found.sort(key=lambda held: -(held.used or 0))
    return found + [Held(path, _KINDS.get(path.name, path.name), sizes[path], None)
                    for path in others]


def _what(held: Held, cache: Path) -> str:
    """What is in it, as far as it says so."""
    facts = lock.read_json(held.path / "what.json")
    name = str(held.path.relative_to(cache))
    return f"{name} ({facts})" if isinstance(facts, str) else name


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command; returns its exit code."""
    parser = shared.Parser(
        prog=shared.me("gc"), allow_abbrev=False,
        description="Show what the cache (~/.cache/mm-testbed, or $MMTB_CACHE) holds, and "
                    "free it.  What is in use stays.",
        epilog="Exit codes: 0 done; 2 wrong usage; 125 the cache cannot be used.")
    parser.add_argument("--free", action="store_true",
                        help="remove what the next run would remove by itself, and what has "
                             "not been used for --older days")
    parser.add_argument("--older", metavar="DAYS", type=float,
                        help="with --free: days without use (default: 14; 0: all builds and "
                             "repositories)")
    parser.add_argument("--json", metavar="FILE", help="write what it holds as JSON")
    console = Console()
    try:
        args = parser.parse_args(argv)
        if args.older is not None and (not args.free or not args.older >= 0):
            parser.error("--older goes with --free, and takes a number of days")
        target = shared.output_file(args.json)
        console.aside(output.distinct(target))
        cache = cachedir.root(console)
        if args.free:
            _free(cache, prune.AGE / _DAY if args.older is None else args.older, console)
        found = holds(cache)
        _show(found, cache, console)
        if target:
            output.write(target, lock.json_bytes({
                "schema": 1, "cache": str(cache), "holds": [
                    {"path": str(held.path.relative_to(cache)), "kind": held.kind,
                     "bytes": held.size, "used": held.used} for held in found]}))
    except TestbedError as err:
        console.error(err)
        return err.code
    return Exit.PASSED


def _free(cache: Path, days: float, console: Console) -> None:
    prune.clear(cache, console)
    before = time.time() - days * _DAY
    count, freed = 0, 0
    for held in holds(cache):
        if held.used is None or held.used > before or held.why:
            continue
        with contextlib.suppress(OSError):
            if prune.remove(held.path, held.used):
                count += 1
                freed += held.size
    console.line(f"removed {words.count(count, 'folder')}, {freed / _GIB:.1f} GiB")


def _show(found: Sequence[Held], cache: Path, console: Console) -> None:
    now = time.time()
    rows = [["what", "kind", "GiB", "last used"]]
    for held in found:
        ago = "" if held.used is None else f"{(now - held.used) / _DAY:.1f} days ago"
        rows.append([_what(held, cache), held.kind, f"{held.size / _GIB:.2f}",
                     f"{ago}{', ' if ago and held.why else ''}{held.why}"])
    console.lines(tables.plain(rows), "")
    total = sum(held.size for held in found)
    console.line(f"{cache}: {total / _GIB:.1f} GiB")
