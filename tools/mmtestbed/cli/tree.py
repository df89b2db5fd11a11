# SPDX-License-Identifier: GPL-2.0
"""mmt tree: the patched kernel to edit, and what becomes of the edit."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import Optional, Sequence

from ..errors import Exit, HostError, Interrupted, TestbedError, UsageError
from ..host import cachedir, deps, proc
from ..kernel import handout, source
from ..model import lines
from ..proof import edits
from ..ui.console import Console
from . import shared

_TOOLS = tuple(tool for tool in deps.BUILD if tool.probe in ("git", "tar", "xz"))


def _parser() -> shared.Parser:
    parser = shared.Parser(
        prog=shared.me("tree"), allow_abbrev=False,
        description="Hand out the patched tree with the suites laid over, as a git "
                    "repository with one commit a patch.  Edit it, test it with mmt run "
                    "--kdir DIR, and keep the edit.",
        epilog="Exit codes: 0 done; 2 wrong usage; 125 the tree could not be made, or the "
               "edit not be kept.")
    add = parser.add_argument
    add("folder", metavar="DIR", nargs="?",
        help="a new folder; with --control, --patch and --mbox: a tree of ours (default: "
             "the current folder)")
    add("--line", type=shared.line, metavar="LINE",
        help="kernel to hand out (default: 6.12, or that of --kdir)")
    add("--kdir", metavar="PATH", default=os.environ.get("KDIR", ""),
        help="hand out this tree (default: $KDIR, else Debian's package); only read")
    keep = parser.add_mutually_exclusive_group()
    keep.add_argument("--control", metavar="NAME",
                      help="write the edit to patches/controls/NAME.patch")
    keep.add_argument("--patch", metavar="GROUP/NAME",
                      help="write the edit to patches/GROUP/NAME.patch, at the end of the "
                           "series")
    keep.add_argument("--mbox", action="store_true",
                      help="print our patches and the suites as a series to be posted")
    add("--breaks", metavar="ID", action="append", default=[],
        help="with --control: a contract that it breaks (repeatable)")
    add("--kills", metavar="CASE", action="append", default=[],
        help="with --control: a case that it has to turn red, such as 'suite.case: "
             "assertion' (repeatable)")
    add("--subject", default="", help="what the edit does, in a line (default: the subject "
                                      "of your last commit)")
    add("--text", default="", help="why; who would make this mistake (default: the text of "
                                   "your last commit)")
    shared.add_install(parser)
    return parser


def _make(args: argparse.Namespace, console: Console) -> int:
    if not args.folder:
        raise UsageError(f"where to? See {shared.me('tree')} --help")
    target = Path(args.folder).absolute()
    deps.ensure(_TOOLS, console, args.install)
    kdir = shared.tree_of(args.line, args.kdir)
    cache = cachedir.root(console, kdir=kdir)
    if kdir:
        origin = source.from_kdir(kdir, args.line, console)
        if target.is_relative_to(origin.path):
            raise UsageError(f"{target} lies in {origin.path}, which is never written to")
    else:
        line = args.line or lines.DEFAULT
        origin = source.unpack(line, source.tarball(line, cache, console), cache, console,
                               True)
    made = handout.make(origin, target, console)
    console.line(f"{made.path}: Linux {made.version} with our patches, one commit each, and "
                 "the suites")
    console.line(f"edit it, then: scripts/mmt run --kdir {made.path}")
    return Exit.PASSED


def _keep(args: argparse.Namespace, console: Console) -> int:
    deps.ensure([tool for tool in _TOOLS if tool.probe == "git"], console, args.install)
    tree = edits.open_tree(Path(args.folder or "."))
    said = edits.Words(args.subject, args.text, tuple(args.breaks), tuple(args.kills))
    if args.mbox:
        sys.stdout.write(edits.as_mbox(tree))
        sys.stdout.flush()
    elif args.control:
        path = edits.as_control(tree, args.control, said)
        console.line(f"wrote {path}")
        console.line(f"is it killed? scripts/mmt controls --line {tree.line} --filter "
                     f"{args.control}")
    else:
        path = edits.as_patch(tree, args.patch, said)
        console.line(f"wrote {path}, at the end of patches/series")
    return Exit.PASSED


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command; returns its exit code."""
    console = Console()
    try:
        proc.catch_signals()
        args = _parser().parse_args(argv)
        keeps = args.control or args.patch or args.mbox
        if (args.breaks or args.kills) and not args.control:
            raise UsageError("--breaks and --kills go with --control")
        return _keep(args, console) if keeps else _make(args, console)
    except TestbedError as err:
        console.error(err)
        return err.code
    except OSError as err:
        wrong = HostError(f"{err.filename or 'the host'}: {err.strerror or err}; check it "
                          "and try again")
        console.error(wrong)
        return wrong.code
    except Interrupted as stop:
        proc.kill_all()
        if stop.signum != signal.SIGPIPE:
            print("mm-testbed: stopped; nothing is left behind", file=sys.stderr)
        return 128 + stop.signum
