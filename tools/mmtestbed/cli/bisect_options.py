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
    """What the user asked for; see _parser() for the words."""

    kdir: Path
    good: str
    bad: str
    case: tuple[str, ...]
    resume: bool
    json: Optional[Path]
    words: tuple[str, ...]
    install: bool = True


def _parser() -> shared.Parser:
    parser = shared.Parser(
        prog=shared.me("bisect"), allow_abbrev=False,
        usage=f"{shared.me('bisect')} [options] GOOD BAD [-- options of scripts/run.sh]",
        description="Find the first commit between GOOD and BAD at which a case fails, "
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
    add("--resume", action="store_true", help="go on with the last bisection")
    add("--json", metavar="FILE", help="write what was found, and each step, as JSON")
    add("good", metavar="GOOD", nargs="?", help="a commit that is good")
    add("bad", metavar="BAD", nargs="?", help="a later commit that is bad")
    shared.add_install(parser)
    return parser


def parse(argv: Sequence[str]) -> Options:
    """The options in @argv.  Raises UsageError; --help exits."""
    mine, words = passed.split(argv)
    args = _parser().parse_args(mine)
    if args.resume and (args.good or args.case or words):
        raise UsageError("--resume takes all from the bisection that it goes on with; "
                         f"see {shared.me('bisect')} --help")
    if not args.resume and not args.bad:
        raise UsageError(f"GOOD and BAD are missing; see {shared.me('bisect')} --help")
    return Options(Path(args.kdir).expanduser(), args.good or "", args.bad or "",
                   tuple(args.case), args.resume, shared.output_file(args.json),
                   tuple(words), args.install)
