# SPDX-License-Identifier: GPL-2.0
"""The command line of scripts/presubmit.sh."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

from ..errors import Exit, UsageError
from ..presubmit import checks
from ..ui.console import Console
from . import passed, shared


@dataclass(frozen=True)
class Options:
    """What the user asked for; see _parser() for the words."""

    kdir: Path
    series: str
    base: str
    case: tuple[str, ...]
    leave_out: frozenset[str]
    json: Optional[Path]
    text: Optional[Path]
    list: bool
    words: tuple[str, ...]
    install: bool = True
    b4: str = ""


def _parser() -> shared.Parser:
    parser = shared.Parser(
        prog=shared.me("presubmit"), allow_abbrev=False,
        usage=f"{shared.me('presubmit')} [options] RANGE | MBOX | - | FOLDER [-- options of scripts/run.sh]",
        description="Check a series of patches, one by one and as a whole, in a private "
                    "clone: the user's tree, index, HEAD and .git stay as they are.",
        epilog="Exit codes: 0 no check failed; 1 one did; 2 wrong usage; 125 the base "
               "cannot be judged, or the machine is at fault.")
    add = parser.add_argument
    add("--kdir", metavar="PATH", default=os.environ.get("KDIR", "") or ".",
        help="the git tree (default: $KDIR, else the current folder); only read")
    add("--base", metavar="COMMIT", default="",
        help="apply mails to this commit (default: HEAD)")
    add("--case", metavar="WORD", action="append", default=[],
        help="run these cases only: a contract (MW-3) or a suite.case glob (repeatable)")
    add("--without", metavar="CHECK", action="append", default=[],
        help="leave this check out (repeatable)")
    add("--list", action="store_true", help="list the checks and stop")
    add("--json", metavar="FILE", help="write all results as JSON")
    add("--text", metavar="FILE", help="write the summary, to go under a cover letter")
    add("series", metavar="SERIES", nargs="?",
        help="HEAD~3..HEAD, an mbox (- for the standard input), or a folder of patches")
    add("--b4", choices=("check", "review"), default="",
        help="take one patch from the standard input, and say what is wrong with it as the "
             "check commands of b4 do: those of --check (am, prep), or those of review")
    shared.add_install(parser)
    return parser


def parse(argv: Sequence[str]) -> Options:
    """The options in @argv.  Raises UsageError; --help exits."""
    mine, words = passed.split(argv)
    args = _parser().parse_args(mine)
    if args.b4 and (args.series or "-") != "-":
        raise UsageError("--b4 takes a patch from the standard input, and no series")
    if not args.series and not args.list and not args.b4:
        raise UsageError(f"the series is missing; see {shared.me('presubmit')} --help")
    each, whole = checks.load()
    names = {check.name for check in [*each, *whole]}
    for name in args.without:
        if name not in names:
            raise UsageError(f"there is no check {name}; see {shared.me('presubmit')} --list")
    return Options(Path(args.kdir).expanduser(), args.series or "", args.base,
                   tuple(args.case), frozenset(args.without),
                   shared.output_file(args.json), shared.output_file(args.text),
                   args.list, tuple(words), args.install, args.b4)


def show_list(console: Console) -> int:
    """Print the checks."""
    each, whole = checks.load()
    for check in [*each, *whole]:
        if check in (each[0], whole[0]):
            console.line("of the series:" if check is whole[0] else "of each patch:")
        missing = check.missing()
        console.line(f"  {check.name:10}  {check.title}"
                     + (f" ({missing})" if missing else ""))
    return Exit.PASSED
