# SPDX-License-Identifier: GPL-2.0
"""The command line of mmt explore."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional, Sequence

from ..errors import UsageError
from ..explore import program, schedule
from ..explore.program import Program
from ..model import shards
from ..model.options import Options as RunOptions
from . import run_options, shared

# CPU seconds after which a schedule hangs.
CPU_TIME = 5
# What --help shows.
_COMMON = ("--switches", "--seconds", "--replay", "--accesses", "--control", "--line", "--json",
           "--list")


@dataclass(frozen=True)
class Options:
    """What the user asked for; see _parser() for the words."""

    programs: tuple[Program, ...]
    switches: int
    seconds: Optional[float]
    seed: Optional[int]
    keep_going: bool
    replay: Optional[schedule.Id]
    gdb: Optional[schedule.Id]
    controls: tuple[str, ...]
    accesses: bool
    all_points: bool
    aside: bool
    json: Optional[Path]
    list: bool
    run: RunOptions
    shard: Optional[shards.Shard] = None
    whole: tuple[Program, ...] = ()


def _switches(text: str) -> int:
    if not text.isdigit() or int(text) > 8:
        raise argparse.ArgumentTypeError(f"{text!r} is no number up to 8")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = shared.Parser(
        prog=shared.me("explore"), allow_abbrev=False, common=_COMMON,
        description="Run operations on a page in tasks of their own, in all schedules in "
                    "which a task gives way to another at a point at most N times.  Each "
                    "schedule has to end as one operation after the other would, with "
                    "nothing reported, leaked or stuck.",
        epilog="Exit codes: 0 all schedules that were run are good; 1 one is not, or an "
               "operation was given up in each; 2 wrong usage; 125 the tree could not be "
               "prepared or built.  See Documentation/schedules.rst.")
    add = parser.add_argument
    add("programs", metavar="PROGRAM", nargs="*",
        help="programs such as moving:read+end, globs of them, or XP-1 (all pairs, the "
             "default) and XP-2 (all triples)")
    add("--switches", metavar="N", type=_switches, default=1,
        help="how often a task has to give way (default: %(default)s)")
    add("--seconds", metavar="S", type=shared.seconds,
        help="stop a program, or the search for a control, after so long; schedules with "
             "most switches come in random order then")
    add("--seed", metavar="N", type=shared.number,
        help="of that order (default: 1)")
    add("--keep-going", action="store_true",
        help="go on with a program after its first schedule that is bad")
    add("--replay", metavar="ID", help="run the schedule ID again, and show it step by step")
    add("--gdb", metavar="ID",
        help="run the schedule ID in gdb, which stops at its last switch")
    add("--accesses", action="store_true",
        help="give way at accesses to memory as well, in a kernel that is built for it")
    add("--all-points", action="store_true",
        help="with --accesses: also at those that no other task conflicts with")
    add("--aside", action="store_true",
        help="with --accesses: give way where spinlocks of page tables or of wait queues of "
             "folios are held as well, as if another CPU went on")
    add("--control", dest="controls", metavar="GLOB", action="append", default=[],
        help="build these controls in, and look which programs find each of them; without "
             "PROGRAM, those that go through the files that it changes (repeatable). With "
             "--replay or --gdb: the one that is in the kernel")
    add("--kdir", metavar="PATH", default=os.environ.get("KDIR", ""),
        help="kernel tree (default: $KDIR, else Debian's package); never written to")
    add("--line", type=shared.line, metavar="LINE",
        help="kernel to explore (default: 6.12, or that of --kdir)")
    add("--with", dest="patches", metavar="PATCH", action="append", default=[],
        help="apply this patch after the series (repeatable)")
    add("--fixes", action="store_true", help="mend the known bugs of the code under test")
    add("--jobs", metavar="N", type=shared.positive, default=os.cpu_count() or 1,
        help="jobs of make, and schedules at a time (default: one per CPU)")
    add("--json", metavar="FILE", help="write what was covered and found as JSON")
    add("--list", action="store_true", help="list the programs and stop")
    shared.add_shard(parser, "programs, or of the controls with --control")
    shared.add_install(parser)
    return parser


def parse(argv: Sequence[str]) -> Options:
    """The options in @argv.  Raises UsageError; --help exits."""
    args = _parser().parse_intermixed_args(argv)
    for word, given in (("replay", args.replay), ("gdb", args.gdb)):
        if given and (args.programs or args.seconds or args.shard):
            raise UsageError(f"--{word} names the one schedule to run: no programs, no "
                             "--seconds or --shard")
    if args.replay and args.gdb:
        raise UsageError("--replay and --gdb do not go together")
    if args.patches and (args.controls or args.accesses):
        raise UsageError("--with goes neither with --control nor with --accesses; see mmt "
                         "explore --help")
    if args.seed is not None and not args.seconds:
        raise UsageError("--seed goes with --seconds: all schedules need no order")
    for word in ("all_points", "aside"):
        if getattr(args, word) and not args.accesses:
            raise UsageError(f"--{word.replace('_', '-')} goes with --accesses; see mmt "
                             "explore --help")
    seed = (1 if args.seed is None else args.seed) if args.seconds else None
    kdir = shared.tree_of(args.line, args.kdir)
    line = shared.line_of(args.line, kdir)
    words = ["--line", line.name, "--jobs", str(args.jobs), "--timeout", str(CPU_TIME),
             *(["--kdir", kdir] if kdir else []),
             *([] if args.install else ["--no-install"])]
    for patch in args.patches:
        words += ["--with", patch]
    replay = schedule.parse(args.replay) if args.replay else None
    gdb = schedule.parse(args.gdb) if args.gdb else None
    one = replay or gdb
    # With --control, the controls are shared out among machines instead.
    # Without programs, each control is looked for by those that it concerns.
    whole = [one.program] if one else [] if args.controls and not args.programs else \
        program.select(args.programs)
    # What differs from the plain kernel is made from one with the fixes.
    run = run_options.parse(words, fixes=args.fixes or bool(args.controls) or args.accesses)
    if gdb:
        run = replace(run, gdb=program.CASE)
    return Options(
        tuple(shared.shared_out(None if args.controls else args.shard, whole, "program")),
        args.switches, args.seconds, seed, args.keep_going, replay, gdb, tuple(args.controls),
        args.accesses, args.all_points, args.aside, shared.output_file(args.json), args.list, run,
        args.shard, tuple(whole))
