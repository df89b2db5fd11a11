# SPDX-License-Identifier: GPL-2.0
"""What the command lines of all commands have in common."""

from __future__ import annotations

import argparse
import io
import os
from pathlib import Path
from typing import Callable, Optional, Sequence, TypeVar

from ..errors import Exit, TestbedError, UsageError
from ..kernel import coverage, source, trees
from ..model import lines, shards
from ..result import kcidb
from ..ui import output, words
from ..ui.console import Console
from . import parser


T = TypeVar("T")
Parser = parser.Parser


def called(word: str, old: bool) -> None:
    """From now on the command @word is named as the user did: by the @old script, or as a
    word of mmt."""
    parser.called[word] = old


def me(word: str) -> str:
    """What the command @word is to be called in messages."""
    return f"scripts/{word}.sh" if parser.called.get(word, True) else f"mmt {word}"


def guarded(console: Console, work: Callable[[], int]) -> int:
    """The exit code of @work; errors become a line on @console and a code."""
    try:
        return work()
    except TestbedError as err:
        console.error(err)
        return err.code
    except OSError as err:
        console.error(UsageError(f"{err.filename}: {err.strerror}"))
        return Exit.BROKEN


def add_install(options: argparse.ArgumentParser) -> None:
    """Add the option that all commands have; scripts/python.sh looks for it, too."""
    options.add_argument("--no-install", dest="install", action="store_false",
                        help="never run apt-get install: go on without, or say what is "
                             "missing")


def add_cases(options: argparse.ArgumentParser) -> None:
    """The arguments that say which cases are meant; see model/selectors.py."""
    options.add_argument("select", metavar="CASES", nargs="*",
                        help="contracts (MW-3, 'MV-*'), cases, or suite.case globs "
                             "(default: all)")
    options.add_argument("--exclude", metavar="CASES", action="append", default=[],
                        help="leave these out (repeatable)")


def add_mode(options: argparse.ArgumentParser) -> None:
    """The options that say how cases run."""
    options.add_argument("--one-boot", action="store_true",
                        help="let the cases share boots, in the order of the sources, as "
                             "kunit.py does")
    options.add_argument("--host-time", action="store_true",
                        help="let time pass as it does on the host, instead of only while "
                             "something runs")


def add_shard(options: argparse.ArgumentParser, what: str) -> None:
    """The option that takes a share of @what; mmt merge puts the shares together."""
    options.add_argument("--shard", metavar="I/N", type=shard,
                         help=f"only the I-th of N parts of the {what}, for one of N "
                              "machines; mmt merge puts the results together")


def shard(text: str) -> shards.Shard:
    """The value of --shard."""
    try:
        return shards.parse(text)
    except ValueError as err:
        raise argparse.ArgumentTypeError(str(err)) from None


def add_kcidb(options: argparse.ArgumentParser) -> None:
    """The options for a report to KCIDB."""
    options.add_argument("--kcidb", metavar="FILE",
                         help="write a report for KCIDB (kernelci.org), schema 5.3, as JSON")
    options.add_argument("--origin", metavar="NAME", type=origin, default=kcidb.ORIGIN,
                         help="with --kcidb: the CI system that reports (default: %(default)s)")


def origin(text: str) -> str:
    """The value of --origin."""
    if not kcidb.is_origin(text):
        raise argparse.ArgumentTypeError(f"{text!r} is more than small letters, digits and _")
    return text


def shared_out(which: Optional[shards.Shard], things: Sequence[T], name: str) -> list[T]:
    """The part @which of @things, which are called @name.  Raises UsageError if it is empty."""
    mine = shards.part(which, things)
    if which and not mine:
        raise UsageError(f"--shard {which} is empty: there "
                         f"{'is' if len(things) == 1 else 'are'} {words.count(len(things), name)}")
    return mine


def mode_words(args: argparse.Namespace) -> list[str]:
    """The words for what add_mode() has read."""
    return [*(["--one-boot"] if args.one_boot else []),
            *(["--host-time"] if args.host_time else [])]


def line(name: str) -> lines.Line:
    """The line called @name."""
    try:
        return lines.by_name(name)
    except KeyError:
        names = ", ".join(each.name for each in lines.LINES)
        raise argparse.ArgumentTypeError(
            f"{name!r} is none of {names}, and no release such as 6.14") from None


def line_of(which: Optional[lines.Line], kdir: str) -> lines.Line:
    """The line @which, or that of the tree @kdir, or the default one."""
    if which or not kdir:
        return which or lines.DEFAULT
    try:
        return source.from_kdir(kdir, None, Console(io.StringIO())).line
    except UsageError:
        return lines.DEFAULT            # whoever takes the tree says what is wrong


def tree_of(which: Optional[lines.Line], kdir: str) -> str:
    """@kdir, else the tree of @which that the user has named once and for all, if any.

    Raises UsageError.
    """
    named = trees.of(which) if which and not kdir else None
    return str(named) if named else kdir


def number(text: str) -> int:
    """A seed."""
    if not text.isdigit() or int(text) >= 1 << 32:
        raise argparse.ArgumentTypeError(f"{text!r} is no number below 2^32")
    return int(text)


def positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return int(text)


def seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return value


def output_file(name: Optional[str]) -> Optional[Path]:
    """Where a report goes that is written at the end: better to know before the build.

    Raises UsageError if it cannot be written.
    """
    return None if name is None else output.target(name)


def output_folder(name: Optional[str]) -> Optional[Path]:
    """A folder that we can make, or fill: it may hold nothing but an older report."""
    if name is None:
        return None
    path = Path(name).absolute()
    if path.exists() and not path.is_dir():
        raise UsageError(f"cannot write to {name}: it is no folder")
    if path.is_dir() and any(path.iterdir()) and not coverage.is_report(path):
        raise UsageError(f"{name} holds other files; name an empty or a new folder")
    there = path if path.is_dir() else path.parent
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise UsageError(f"cannot make {name}: the folder above does not exist or is "
                         "read-only for you")
    return path
