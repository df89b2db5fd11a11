# SPDX-License-Identifier: GPL-2.0
"""scripts/mmt: one command, with a word for each thing that it does.

The older scripts call it with their own names, such as run.sh for run.
"""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from typing import Callable, Optional, Sequence

from ..errors import Exit
from . import bisect_step, entry, shared
from .bisect_status import ABORT


@dataclass(frozen=True)
class Word:
    """One of them.

    @name: the word.  @what: it does, in a few words.
    @module: in this package, with a main(argv) that returns an exit code.
    """

    name: str
    what: str
    module: str

    def load(self) -> Callable[[Optional[Sequence[str]]], int]:
        """Its main().  One word alone is loaded: it takes time."""
        main: Callable[[Optional[Sequence[str]]], int] = importlib.import_module(
            f"{__package__}.{self.module}").main
        return main


WORDS = (
    Word("run", "build a kernel with the suites, boot it, judge each case", "run"),
    Word("watch", "run again after each save of a file in your tree", "watch"),
    Word("list", "the cases, with their contracts", "listing"),
    Word("controls", "put one bug after the other into the kernel: can every case fail?",
         "control_run"),
    Word("explore", "run all schedules of two or three operations: does each end as it may?",
         "explore"),
    Word("mutate", "make small mistakes in the code under test: which go unnoticed?",
         "mutate_run"),
    Word("new", "write the skeleton of a control, or of a case", "new"),
    Word("bisect", "find the first commit at which a case fails", "bisect"),
    Word("bisect-step", "one step of it, for git bisect run", "bisect_step"),
    Word("presubmit", "check a series of patches before it is sent", "presubmit"),
    Word("tree", "get the patched tree to edit it; keep the edit as a control or a patch",
         "tree"),
    Word("kernels", "record runs on many kernels, and print their table", "kernels"),
    Word("known", "which kernel has which known bug", "known"),
    Word("measure", "what the code under test costs, in figures", "measure"),
    Word("report", "one page with all that runs have found", "report"),
    Word("merge", "put together what several machines have found", "merge"),
    Word("doctor", "what this host can and cannot do, and what mends it", "doctor"),
    Word("gc", "what the cache holds, and free it", "gc"),
    Word("rehearsal", "does the series still apply to tomorrow's kernel?", "rehearsal"),
    Word("figures", "keep the numbers in the documents true", "figures"),
    Word("test", "test the project itself", "selftest"),
    Word("help", "all options of a word, or the man page", "help"),
    Word("completion", "let the shell complete words, options and cases", "completion"),
)


def usage() -> str:
    """What --help prints."""
    width = max(len(word.name) for word in WORDS)
    rows = [f"  {word.name:{width}}  {word.what}" for word in WORDS]
    return "\n".join([
        "usage: mmt WORD [options]", "",
        "Is this change to page migration or device memory right? Ask the kernel.", "",
        *rows, "",
        "mmt WORD --help has the options.  Exit codes: 0 good; 1 bad; 2 wrong usage; "
        "125 cannot be tested.", ""])


def main(argv: Sequence[str]) -> int:
    """The command; returns its exit code."""
    name = argv[0] if argv else ""
    if name in ("", "-h", "--help") or list(argv) == ["help"] and not sys.stdout.isatty():
        (sys.stdout if name else sys.stderr).write(usage())
        return Exit.PASSED if name else Exit.USAGE
    plain = name.removesuffix(".sh")
    word = next((each for each in WORDS if each.name == plain), None)
    if word is None:
        print(f"mm-testbed: there is no mmt {name}; see mmt --help", file=sys.stderr)
        return Exit.USAGE
    shared.called(plain, old=name != plain)
    return word.load()(list(argv[1:]))


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1].startswith("bisect-step"):
        # Whatever is not the fault of the commit must end beyond 127.
        sys.exit(entry.run(lambda: bisect_step.guarded(lambda: main(sys.argv[1:])),
                           ABORT, ABORT))
    sys.exit(entry.run(lambda: main(sys.argv[1:])))
