# SPDX-License-Identifier: GPL-2.0
"""The command line of scripts/bisect.sh."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

from ..errors import UsageError
from . import passed, shared


@dataclass(frozen=True)
class Options:
    """What the user asked for; see _parser() for the words.

    @fixed: BAD is the older one.
    """

    kdir: Path
    good: str
    bad: str
    fixed: bool
    fixes: bool
    case: tuple[str, ...]
    resume: bool
    json: Optional[Path]
    words: tuple[str, ...]
    install: bool = True


def _parser() -> shared.Parser:
    parser = shared.Parser(
        prog=shared.me("bisect"), allow_abbrev=False,
        usage=f"{shared.me('bisect')} [options] GOOD BAD [-- options of scripts/run.sh]\n"
              f"       {shared.me('bisect')} --fixed [options] BAD GOOD [-- ...]",
        description="Find the first commit between GOOD and BAD at which a case fails, or, "
                    "with --fixed, between BAD and a later GOOD at which it passes, "
                    "in a private clone: the user's tree, index, HEAD and .git stay as "
                    "they are.",
        epilog="Interrupted, it goes on when called again in the same way, or with "
               "--resume.  Exit codes: 0 the commit was found; 1 it can only be said "
               "which commits it is among; 2 wrong usage, such as a GOOD that fails or "
               "a BAD that passes; 125 GOOD or BAD cannot be judged, or the machine is "
               "at fault.")
    add = parser.add_argument
    add("--kdir", metavar="PATH", default=os.environ.get("KDIR", "") or ".",
        help="the git tree (default: $KDIR, else the current folder); only read")
    add("--case", metavar="WORD", action="append", default=[],
        help="look at these cases only: a contract (MW-3) or a suite.case glob "
             "(repeatable)")
    add("--fixed", action="store_true",
        help="which commit mended it?  Implies --no-fixes")
    add("--no-fixes", action="store_true",
        help="leave patches/fixes out, to find where one of the known bugs came in")
    add("--resume", action="store_true", help="go on with the last bisection")
    add("--json", metavar="FILE", help="write what was found, and each step, as JSON")
    add("old", metavar="GOOD", nargs="?", help="a commit that is good; with --fixed, bad")
    add("new", metavar="BAD", nargs="?",
        help="a later commit that is bad; with --fixed, good")
    shared.add_install(parser)
    return parser


def parse(argv: Sequence[str]) -> Options:
    """The options in @argv.  Raises UsageError; --help exits."""
    mine, words = passed.split(argv)
    args = _parser().parse_args(mine)
    if args.resume and (args.old or args.case or args.fixed or args.no_fixes or words):
        raise UsageError("--resume takes all from the bisection that it goes on with; "
                         f"see {shared.me('bisect')} --help")
    if not args.resume and not args.new:
        raise UsageError(f"GOOD and BAD are missing; see {shared.me('bisect')} --help")
    old, new = args.old or "", args.new or ""
    return Options(Path(args.kdir).expanduser(), *((new, old) if args.fixed else (old, new)),
                   args.fixed, not (args.fixed or args.no_fixes), tuple(args.case),
                   args.resume, shared.output_file(args.json), tuple(words), args.install)
