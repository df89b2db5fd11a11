# SPDX-License-Identifier: GPL-2.0
"""The command line of scripts/run.sh."""

from __future__ import annotations

import argparse
import os
import random
import re
import textwrap
from pathlib import Path
from typing import Optional, Sequence

from ..errors import UsageError
from ..kernel import patching, trees
from ..model import configs, lines
from ..model.options import SEED, Options
from ..model.selectors import is_contract
from .shared import Parser, add_install, add_kcidb, add_mode, add_shard, line, me, number
from .shared import output_file, output_folder, positive, seconds, tree_of

# Options of kunit.py that would turn the run into something else.
_REFUSED = {
    "arch": "the suites run on User-Mode Linux only",
    "qemu_config": "the suites run on User-Mode Linux only",
    "qemu_args": "the suites run on User-Mode Linux only",
    "cross_compile": "User-Mode Linux is built for this machine",
    "build_dir": "say --build-dir, ahead of the --",
    "jobs": "say --jobs, ahead of the --",
    "json": "say --json, ahead of the --",
    "timeout": "say --timeout, ahead of the --",
    "raw_output": "say --raw, ahead of the --",
    "list_tests": "say --list, ahead of the --",
    "run_isolated": "say --shuffle, ahead of the --",
}

# What --help shows.
_COMMON = ("select", "--kdir", "--line", "--variant", "--with", "--exclude", "--changed",
           "--fail-fast", "--fixes", "--list", "--json", "--repeat", "--seed", "--gdb",
           "--shard", "--no-install")

# Seconds without a result after which the plain kernel hangs.
_TIMEOUT = 60.0


def _choices() -> str:
    """The lines and the variants, for --help."""
    out = ["lines:"]
    for each in lines.LINES:
        out.append(f"  {each.name:8} " + (f"Debian's {each.package}" if each.debian else
                                          f"a tree named in {trees.WHERE}"))
    out.append("  N.M      likewise: 6.13, 6.14, ...")
    out.append("variants:")
    for config in configs.CONFIGS:
        without = [f"not {each.name}: {config.obstacle(each)}" for each in lines.LINES
                   if config.obstacle(each)]
        out.append(f"  {config.name:8} " + "; ".join([config.summary, *without]))
    return "\n".join(out)


def _parser() -> Parser:
    parser = Parser(
        prog=me("run"), allow_abbrev=False, common=_COMMON,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Build a kernel with the mm/kunit suites, boot it in User-Mode "
                    "Linux,\nand judge every case.  Each case runs in a child that the "
                    "kernel forks\noff itself, and in virtual time.",
        epilog=_choices() + "\n\n" + textwrap.fill(
            "What follows -- goes to the tree's kunit.py; --kernel_args=ARG goes "
            "to the kernel's command line.  Exit codes: 0 every case passed; 1 a "
            "case failed or the kernel misbehaved; 2 wrong usage; 125 the tree "
            "could not be prepared, patched, configured or built.", 78))
    add = parser.add_argument
    add("--kdir", metavar="PATH", default=os.environ.get("KDIR", ""),
        help="kernel tree to test (default: $KDIR, else Debian's package); it is "
             "never written to")
    add("--line", type=line, metavar="LINE",
        help="kernel to test (default: 6.12, or that of --kdir)")
    add("--variant", choices=[config.name for config in configs.CONFIGS],
        help="configuration of the kernel (default: plain)")
    add("--all", action="store_true",
        help="run each line in each variant that it can have (those of --line and "
             "--variant, if given) and print a table")
    add("--coverage", metavar="DIR", help="with --variant gcov: write what has run "
        "there, as text and HTML (default: in the cache)")
    add("--no-html", dest="html", action="store_false", help="with --variant gcov: no "
        "HTML, and no need of gcovr")
    add("--with", dest="patches", metavar="PATCH", action="append", default=[],
        help="apply this patch, or semantic patch (.cocci), after the series, for instance a "
        "control (repeatable)")
    add("select", metavar="CASES", nargs="*",
        help="what to run: contracts (MW-3, 'MV-*'), cases, or suite.case globs")
    add("--filter", metavar="GLOB", default="",
        help="one more of them: KUnit's suite.case glob")
    add("--exclude", metavar="CASES", action="append", default=[],
        help="leave these out (repeatable)")
    add("--first", metavar="GLOB", action="append", default=[],
        help="run the cases of this suite.case glob before the others (repeatable)")
    add("--changed", metavar="REV", default="",
        help="only cases that reach a function of --kdir that differs from its commit REV, "
             "as far as mmt run --variant gcov --reach has recorded that")
    add("--fail-fast", action="store_true", help="stop at the first case that fails")
    add("--fixes", action="store_true",
        help="mend the known bugs of the code under test (patches/fixes); else the kernel "
             "is tested as it is, and they are told apart")
    add("--group", dest="groups", metavar="GROUP", action="append", default=[],
        help="put in the patches of patches/GROUP, which propose a change to the code under "
             "test (repeatable)")
    add("--no-skips", action="store_true",
        help="fail if a case is skipped that runs on the nearest kernel of which a run is "
             "recorded (Documentation/results/kernels)")
    add("--list", action="store_true", help="list the cases and stop")
    add("--pack", metavar="FILE", help="write the kernel to this file and stop, for --kernel on "
        "other machines")
    add("--kernel", metavar="FILE", help="boot this kernel, which --pack has written, instead of "
        "building one: needs neither source nor compiler")
    add("--jobs", metavar="N", type=positive, default=os.cpu_count() or 1,
        help="jobs of make, and boots at a time (default: one per CPU)")
    add("--build-dir", metavar="PATH", help="build here instead of in the cache")
    add("--keep", action="store_true",
        help="keep the kernel and the logs of the boots, and say where")
    add("--raw", action="store_true", help="print the kernel's console as it comes")
    add("--timeout", metavar="S", type=seconds,
        help="CPU seconds after which a case hangs in virtual time (default: 10), and "
             "seconds without a result in that of the host (default: 60; both more for "
             "a slow variant)")
    add_mode(parser)
    add_shard(parser, "cases")
    add("--dry-run", action="store_true", help="print the commands, do nothing")
    add("--json", metavar="FILE", help="write the verdict and every case as JSON")
    add("--junit", metavar="FILE", help="write the verdict as JUnit XML")
    add("--ktap", metavar="FILE", help="write all results as one KTAP")
    add_kcidb(parser)
    add("--reach", action="store_true", help="with --variant gcov: record which functions "
        "each case reaches, for --changed, instead of a report")
    add("--repeat", metavar="N", type=positive, default=1,
        help="run everything N times, with a new seed each time unless --seed names one; "
             "a case that differs between them fails")
    add("--seed", metavar="N", type=number,
        help=f"of whatever is random in the cases (default: {SEED}); the same seed does "
             "the same again")
    add("--seconds", metavar="S", type=seconds,
        help="run the random cases, or those of --filter, with one new seed after the "
             "other for so long")
    add("--gdb", metavar="CASE",
        help="boot for this case alone, in gdb, which stops where an assertion fails")
    add("--shuffle", metavar="SEED", type=int, nargs="?", const=-1,
        help="with --one-boot: a boot for each case, in random order.  Pointless "
             "otherwise: with a child for each, no case comes after another")
    add_install(parser)
    return parser


def pass_on(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split what followed -- into options of kunit.py build and of the kernel.

    Raises UsageError for what would turn the run into something else.
    """
    build: list[str] = []
    kernel: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        name, equals, value = word.removeprefix("--").partition("=")
        if not word.startswith("--"):
            build.append(word)
            continue
        if name == "arch" and (value or (rest[0] if rest else "")) == "um":
            if not equals:
                rest.pop(0)
            continue
        if name in _REFUSED:
            raise UsageError(f"--{name} is not for kunit.py here: {_REFUSED[name]}")
        if name in ("kernel_args", "filter", "filter_action"):
            if not equals:
                if not rest:
                    raise UsageError(f"--{name} lacks its value; write --{name}=VALUE")
                value = rest.pop(0)
            if name == "filter":
                kernel.append(f'kunit.filter="{value}"')
            elif name == "filter_action":
                kernel.append(f"kunit.filter_action={value}")
            else:
                kernel.append(value)
            continue
        build.append(word)
    return tuple(build), tuple(kernel)


def _check_seconds(args: argparse.Namespace, one_boot: bool) -> None:
    """Refuse what does not go with --seconds, --gdb and --shard.  Raises UsageError."""
    if args.seconds and one_boot:
        raise UsageError("--seconds needs a child for each case, which neither --one-boot "
                         "nor a kernel with more CPUs has")
    for word, given in (("repeat", args.repeat > 1), ("gdb", args.gdb), ("all", args.all)):
        if args.seconds and given:
            raise UsageError(f"--seconds does not go with --{word}; see {me('run')} --help")
    if args.gdb and (args.all or args.filter or args.select or args.repeat > 1):
        raise UsageError("--gdb names the one case to run: no --all, --filter or --repeat")
    for word, given in (("seconds", args.seconds), ("gdb", args.gdb), ("all", args.all),
                        ("list", args.list)):
        if args.shard and given:
            raise UsageError(f"--shard does not go with --{word}; see {me('run')} --help")
    if args.gdb and not re.fullmatch(r"\w+\.\w+", args.gdb):
        raise UsageError(f"--gdb {args.gdb}: name one case, as suite.case; see --list")


def _check_packed(args: argparse.Namespace, build: Sequence[str]) -> None:
    """Refuse what does not go with --pack and --kernel.  Raises UsageError."""
    if args.kernel:
        # KDIR in the environment is for other runs.
        args.kdir = args.kdir if args.kdir != os.environ.get("KDIR") else ""
    for word, given in (("kernel", args.kernel), ("pack", args.pack)):
        for other in ("all", "list", "dry_run", "gdb", "reach", "coverage", "changed", "keep",
                      *(("kdir", "line", "variant", "patches", "fixes", "build_dir", "pack")
                        if word == "kernel" else ("shard", "kernel"))):
            if given and getattr(args, other):
                name = "with" if other == "patches" else other.replace("_", "-")
                raise UsageError(f"--{name} does not go with --{word}; see {me('run')} --help")
    if args.kernel and build:
        raise UsageError("options of kunit.py build do not go with --kernel, which is built")
    if args.pack and args.variant and configs.by_name(args.variant).counts:
        raise UsageError(f"--variant {args.variant} cannot be packed: its counters belong to "
                         "where it was built")


def parse(argv: Sequence[str], fixes: bool = True) -> Options:
    """The options in @argv.  Raises UsageError; --help exits.

    @fixes: as if --fixes was among them.
    """
    words = list(argv)
    rest: list[str] = []
    if "--" in words:
        cut = words.index("--")
        words, rest = words[:cut], words[cut + 1:]
    args = _parser().parse_intermixed_args(words)
    build, kernel = pass_on(rest)
    patches = []
    for name in args.patches:
        path = Path(name).absolute()
        if not path.is_file():
            raise UsageError(f"--with {name}: there is no such patch")
        patches.append(path)
    _check_packed(args, build)
    for name in args.groups:
        if name not in patching.proposals():
            raise UsageError(f"--group {name}: there is {' or '.join(patching.proposals())}")
    wanted = configs.by_name(args.variant) if args.variant else None
    config = wanted or configs.PLAIN
    for word in ("raw", "list", "build_dir", "junit", "coverage", "ktap", "reach"):
        if args.all and getattr(args, word):
            raise UsageError(f"--{word.replace('_', '-')} does not go with --all; see "
                             f"{me('run')} --help")
    for word, given in (("coverage", args.coverage is not None), ("no-html", not args.html)):
        if given and not config.counts:
            raise UsageError(f"--{word} goes with --variant gcov; see {me('run')} --help")
    shuffle: Optional[int] = args.shuffle
    if shuffle == -1:
        shuffle = random.SystemRandom().randrange(1 << 32)
    one_boot = args.one_boot or config.cpus > 1
    if shuffle is not None and not one_boot:
        raise UsageError("--shuffle goes with --one-boot: with a child for each case, no "
                         "case comes after another")
    _check_seconds(args, one_boot)
    if args.reach and (one_boot or not config.counts):
        raise UsageError("--reach goes with --variant gcov, and needs a child for each case")
    if args.changed and not args.kdir:
        raise UsageError("--changed compares --kdir with one of its commits; name a tree")
    # One glob KUnit can take itself.
    chosen = [*args.select, *([args.filter] if args.filter else [])]
    one = chosen[0] if len(chosen) == 1 and not is_contract(chosen[0]) and \
        not args.exclude and not args.changed else ""
    return Options(
        kdir=tree_of(args.line, args.kdir), line=args.line,
        all=args.all, wanted=wanted, config=config,
        coverage=output_folder(args.coverage), html=args.html, patches=tuple(patches),
        filter=one, select=() if one else tuple(chosen), exclude=tuple(args.exclude),
        first=tuple(args.first), changed=args.changed,
        fail_fast=args.fail_fast, reach=args.reach, list=args.list, jobs=args.jobs,
        build_dir=Path(args.build_dir).absolute() if args.build_dir else None,
        keep=args.keep, raw=args.raw, timeout=args.timeout or _TIMEOUT * config.slow,
        own_timeout=args.timeout,
        dry_run=args.dry_run,
        json=output_file(args.json), junit=output_file(args.junit),
        ktap=output_file(args.ktap), kcidb=output_file(args.kcidb), origin=args.origin,
        pack=output_file(args.pack),
        kernel=Path(args.kernel).absolute() if args.kernel else None,
        repeat=args.repeat, shuffle=shuffle, seed=args.seed, seconds=args.seconds,
        one_boot=args.one_boot, host_time=args.host_time, gdb=args.gdb or "",
        build_options=build, kernel_args=kernel,
        install=args.install, fixes=args.fixes or fixes,
        groups=tuple(dict.fromkeys(args.groups)), no_skips=args.no_skips, shard=args.shard)
