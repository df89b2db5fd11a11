# SPDX-License-Identifier: GPL-2.0
"""mmt help: all options of a word, or the man page."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import Optional, Sequence

from ..errors import Exit, TestbedError, UsageError
from ..ui import man
from ..ui.console import Console
from . import describe, mmt, shared


def _page() -> str:
    """mmt(1), in man's language."""
    return man.page("mmt", "find out whether a change to page migration or device memory is "
                    "right", [man.Section(each.name, each.what, each.parser)
                              for each in describe.words()])


def _show(word: str) -> None:
    """All of @word, or the man page for "", where somebody can read it."""
    if not word:
        text = _page()
        if os.isatty(1) and shutil.which("man"):
            subprocess.run(["man", "-l", "-"], input=text.encode(), check=False)
        elif shutil.which("man"):
            done = subprocess.run(["man", "-l", "-"], input=text.encode(),
                                  stdout=subprocess.PIPE, check=False)
            sys.stdout.write(done.stdout.decode(errors="replace"))
        else:
            sys.stdout.write(mmt.usage())
        return
    try:
        parser = describe.word(word).parser
    except KeyError:
        raise UsageError(f"there is no mmt {word}; see mmt --help") from None
    sys.stdout.write(parser.format_help())


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command; returns its exit code."""
    parser = shared.Parser(
        prog=shared.me("help"), allow_abbrev=False,
        description="Print all options of a word of mmt, or the man page of all of them.")
    parser.add_argument("of", metavar="WORD", nargs="?", default="",
                        help="whose options (default: the man page)")
    parser.add_argument("--man", action="store_true",
                        help="write the man page as its source, for instance to "
                             "~/.local/share/man/man1/mmt.1")
    console = Console()
    try:
        args = parser.parse_args(argv)
        if args.man:
            if args.of:
                parser.error("there is one man page, of all words: --man takes none")
            sys.stdout.write(_page())
        else:
            _show(args.of)
    except TestbedError as err:
        console.error(err)
        return err.code
    return Exit.PASSED
