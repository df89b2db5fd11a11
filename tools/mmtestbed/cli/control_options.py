# SPDX-License-Identifier: GPL-2.0
"""The command line of scripts/controls.sh."""

from __future__ import annotations

import argparse
import math
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Mapping, Optional, Sequence

from ..errors import UsageError
from ..model import configs, lines, shards
from ..model.options import Options as RunOptions
from ..model.repository import CONTROLS
from ..proof import choice, controls
from ..proof.controls import Control
from . import run_options, shared

# Twice what a fixture waits for something that does not come, and then some.
TIMEOUT = 15.0
# CPU seconds after which a case hangs, in virtual time: no case takes a tenth of it.
CPU_TIME = 2.0


@dataclass(frozen=True)
class Options:
    """What the user asked for; see _parser() for the words.

    @run: of the kernel, and of how cases run.
    @cpu: CPU seconds after which a case hangs, in virtual time.
    """

    line: lines.Line
    config: configs.Config
    jobs: int
    filter: str
    contract: str
    select: tuple[str, ...]
    exclude: tuple[str, ...]
    fail_fast: bool
    json: Optional[Path]
    keep: bool
    kdir: str
    timeout: float
    matrix: bool
    rst: bool
    guards: bool
    symbols: Mapping[str, str]
    list: bool
    run: RunOptions
    cpu: int
    install: bool = True
    alone: bool = False
    built_in: bool = False
    why: str = ""
    apply: bool = False
    named: bool = False
    own: bool = False
    shard: Optional[shards.Shard] = None


# What --help shows.
_COMMON = ("select", "--line", "--variant", "--kdir", "--exclude", "--fail-fast", "--json",
           "--alone", "--built-in", "--list", "--matrix", "--why", "--guards", "--shard", "--no-install")


def _parser() -> argparse.ArgumentParser:
    parser = shared.Parser(
        prog=shared.me("controls"), allow_abbrev=False, common=_COMMON,
        description="Apply each control (a patch that puts one bug into the kernel) to "
                    "a kernel of its own and require that a case of the contract that "
                    "it breaks fails.",
        epilog="Exit codes: 0 every control was killed; 1 one was not, or does not "
               "apply or compile; 2 wrong usage; 125 the tree could not be prepared, "
               "patched, configured or built.")
    add = parser.add_argument
    add("--line", type=shared.line, metavar="LINE",
        help=f"kernel to break (default: {lines.DEFAULT.name}, or that of --kdir)")
    add("--variant", choices=[config.name for config in configs.CONFIGS
                              if not config.counts], default=configs.PLAIN.name,
        help="its configuration (default: %(default)s)")
    add("--group", dest="groups", metavar="GROUP", action="append", default=[],
        help="put in the patches of patches/GROUP as well, and try the controls that are for a "
             "kernel with them, and no others")
    add("--kdir", metavar="PATH", default=os.environ.get("KDIR", ""),
        help="kernel tree (default: $KDIR, else Debian's package); never written to")
    add("--jobs", metavar="N", type=shared.positive,
        default=min(4, os.cpu_count() or 1),
        help="controls at a time (default: 4, or one per CPU)")
    add("select", metavar="CONTROLS", nargs="*",
        help="contracts that they break (MW-2), or globs of their names (default: all)")
    add("--exclude", metavar="CONTROLS", action="append", default=[],
        help="leave these out (repeatable)")
    add("--fail-fast", action="store_true", help="stop at the first that is not killed")
    add("--filter", metavar="GLOB", default="", help="controls, by name")
    add("--contract", metavar="ID", default="", help="controls that break ID")
    add("--timeout", metavar="S", type=shared.seconds,
        help="CPU seconds after which a case hangs in virtual time (default: "
             f"{CPU_TIME:g}), and seconds without a result in that of the host (default: "
             f"{TIMEOUT:g}; both more for a slow variant)")
    add("--json", metavar="FILE", help="write what became of each control, or "
        "guard, as JSON")
    add("--keep", action="store_true", help="keep the logs of the boots, and say where")
    add("--alone", action="store_true",
        help="build a kernel for each control, instead of one for all of them")
    add("--built-in", action="store_true",
        help="leave out what needs a kernel of its own")
    add("--named", action="store_true",
        help="in the kernel with all of them, stop with a control that the cases it names "
             "have noticed: enough for the verdict, not for --matrix and --why")
    add("--own", action="store_true",
        help="only those that not every variant has: what --variant adds to plain")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="list the controls and stop")
    what.add_argument("--apply", action="store_true",
                      help="only apply them to the source of the kernel, and say which do "
                           "not")
    what.add_argument("--matrix", action="store_true",
                      help="print the cases and controls of each contract, and check "
                           "what README.rst claims")
    what.add_argument("--why", metavar="CASE", default="",
                      help="say which controls CASE has noticed, which it alone, and "
                           "which nobody")
    what.add_argument("--guards", action="store_true",
                      help="boot the cases that misbehave on purpose, and require that "
                           "each is caught; with --built-in, in the kernel with the "
                           "controls, and after these")
    add("--config", metavar="SYMBOL=VALUE", type=_symbol, action="append", default=[],
        help="with --guards: build this in as well, such as CONFIG_KASAN=y")
    add("--rst", action="store_true",
        help="with --matrix or --guards: as a table in reStructuredText")
    shared.add_mode(parser)
    shared.add_shard(parser, "controls")
    shared.add_install(parser)
    return parser


def _symbol(text: str) -> tuple[str, str]:
    match = re.fullmatch(r"(CONFIG_\w+)=([ynm]|\d+)", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form CONFIG_X=y")
    return match.group(1), match.group(2)


def parse(argv: Sequence[str]) -> Options:
    """The options in @argv.  Raises UsageError; --help exits."""
    args = _parser().parse_intermixed_args(argv)
    config = configs.by_name(args.variant)
    timeout = args.timeout or TIMEOUT * config.slow
    kdir = shared.tree_of(args.line, args.kdir)
    line = shared.line_of(args.line, kdir)
    words = ["--line", line.name, "--variant", args.variant, "--timeout", str(timeout),
             *shared.mode_words(args), *(["--kdir", kdir] if kdir else []),
             *([] if args.install else ["--no-install"]),
             *(word for name in args.groups for word in ("--group", name))]
    if args.shard and (args.guards or args.matrix or args.why):
        raise UsageError("--shard goes with controls, and not with --guards, --matrix or --why")
    return Options(line, config, args.jobs, args.filter, args.contract,
                   tuple(args.select), tuple(args.exclude), args.fail_fast,
                   shared.output_file(args.json), args.keep, kdir,
                   timeout, args.matrix, args.rst, args.guards, dict(args.config),
                   args.list, run_options.parse(words),
                   math.ceil(args.timeout or CPU_TIME * config.slow), args.install,
                   args.alone, args.built_in, args.why, args.apply,
                   args.named, args.own, args.shard)


def _whole(wanted: Options) -> list[Control]:
    """The controls that were asked for, on whatever machine.  Raises UsageError."""
    line = wanted.line.name
    groups = wanted.run.groups
    there = [each for each in controls.read(CONTROLS)
             if (each.group in groups if groups else not each.group)
             and (each.configs or not wanted.own)]
    named = controls.select(there, line, wanted.filter, wanted.contract, wanted.config.name)
    return choice.chosen(named, line, wanted.select, wanted.exclude)


def chosen(wanted: Options) -> list[Control]:
    """Those of them that are for this machine.  Raises UsageError."""
    return shared.shared_out(wanted.shard, _whole(wanted), "control")


def share(wanted: Options) -> dict[str, object]:
    """The machine's share, for programs."""
    return {"shard": shards.facts(wanted.shard, _whole(wanted), lambda each: each.name)
            if wanted.shard else None}
