# SPDX-License-Identifier: GPL-2.0
"""The command line of scripts/mutate.sh."""

from __future__ import annotations

import argparse
import math
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

from ..errors import UsageError
from ..model import configs, lines, shards
from ..model.options import Options as RunOptions
from . import control_options, run_options, shared

# A file, and lines of it.
Lines = tuple[str, frozenset[int]]


@dataclass(frozen=True)
class Options:
    """What the user asked for; see _parser() for the words."""

    jobs: int
    kdir: str
    filter: str
    again: Optional[Path]
    json: Optional[Path]
    text: Optional[Path]
    list: bool
    install: bool
    run: RunOptions
    cpu: int
    line: lines.Line
    lines: tuple[Lines, ...] = ()
    cases: int = 0
    shard: Optional[shards.Shard] = None


def _lines(text: str) -> Lines:
    """mm/migrate.c:10-12,20"""
    file, _, ranges = text.rpartition(":")
    numbers: set[int] = set()
    for part in ranges.split(","):
        match = re.fullmatch(r"(\d{1,7})(?:-(\d{1,7}))?", part)
        if not match or not file.endswith(".c"):
            raise argparse.ArgumentTypeError(f"{text!r} is not of the form "
                                             "mm/migrate.c:10-12,20")
        numbers.update(range(int(match.group(1)), int(match.group(2) or match.group(1)) + 1))
    return file, frozenset(numbers)


def _parser() -> argparse.ArgumentParser:
    parser = shared.Parser(
        prog=shared.me("mutate"), allow_abbrev=False,
        description="Build many small mistakes into the functions under test, make one "
                    "at a time, and see which of them no case notices.",
        epilog="Exit codes: 0 the mutants were run, whatever came of them; 2 wrong "
               "usage; 125 the tree could not be prepared, mutated or built.")
    add = parser.add_argument
    add("--kdir", metavar="PATH", default=os.environ.get("KDIR", ""),
        help="kernel tree (default: $KDIR, else Debian's package); never written to")
    add("--jobs", metavar="N", type=shared.positive, default=2,
        help="boots at a time (default: %(default)s)")
    add("--filter", metavar="GLOB", default="*",
        help="mutants to run, as file:function, such as 'mm/memremap.c:*'")
    add("--lines", metavar="FILE:N-M,N", type=_lines, action="append", default=[],
        help="take the functions with these lines instead, and only what is in these lines "
             "(repeatable)")
    add("--line", type=shared.line, metavar="LINE",
        help=f"kernel to mutate (default: {lines.DEFAULT.name}, or that of --kdir)")
    add("--variant", choices=[config.name for config in configs.CONFIGS
                              if not config.counts], default=configs.PLAIN.name,
        help="its configuration (default: %(default)s)")
    add("--timeout", metavar="S", type=shared.seconds,
        help="CPU seconds after which a case hangs in virtual time (default: "
             f"{control_options.CPU_TIME:g}), and seconds without a result in that "
             f"of the host (default: {control_options.TIMEOUT:g})")
    add("--cases", metavar="N", type=shared.positive, default=0,
        help="try no more than N cases with a mutant: those first that have noticed others "
             "of its function, then those that run most of it (default: all that reach it)")
    shared.add_mode(parser)
    shared.add_shard(parser, "mutants")
    add("--again", metavar="FILE", help="take what this earlier JSON report says was "
                                        "killed for killed")
    add("--json", metavar="FILE", help="write what became of each mutant as JSON")
    add("--report", metavar="FILE", help="write the report as text, with all survivors")
    add("--list", action="store_true", help="list the mutants and stop")
    shared.add_install(parser)
    return parser


def parse(argv: Sequence[str]) -> Options:
    """The options in @argv.  Raises UsageError; --help exits."""
    args = _parser().parse_args(argv)
    again = Path(args.again).absolute() if args.again else None
    if again and not again.is_file():
        raise UsageError(f"--again {args.again}: there is no such report")
    config = configs.by_name(args.variant)
    timeout = args.timeout or control_options.TIMEOUT * config.slow
    kdir = shared.tree_of(args.line, args.kdir)
    line = shared.line_of(args.line, kdir)
    words = ["--line", line.name, "--variant", config.name, "--timeout", str(timeout),
             *shared.mode_words(args), *(["--kdir", kdir] if kdir else []),
             *([] if args.install else ["--no-install"])]
    return Options(args.jobs, kdir, args.filter, again,
                   shared.output_file(args.json), shared.output_file(args.report),
                   args.list, args.install, run_options.parse(words),
                   math.ceil(args.timeout or control_options.CPU_TIME * config.slow),
                   line, tuple(args.lines), args.cases, args.shard)
