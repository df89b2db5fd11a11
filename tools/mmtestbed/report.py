# SPDX-License-Identifier: GPL-2.0
"""What the user sees while a run goes on: steps, notes, live results, errors."""

from __future__ import annotations

import sys
import time
from typing import Sequence, TextIO

from .errors import Exit, TestbedError, Unavailable

RED, GREEN, YELLOW, BOLD = "31", "32", "33", "1"
# Without a terminal a long step says that it is alive this often, in seconds.
HEARTBEAT = 20.0


class Console:
    """Writes to the terminal or the log; colours and overwriting only on a tty."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._tty = out.isatty()
        self._status = ""
        self._step = ""
        self._started = 0.0
        self._beat = 0.0

    def paint(self, text: str, colour: str) -> str:
        """@text in @colour (an SGR code) on a terminal, unchanged elsewhere."""
        return f"\033[{colour}m{text}\033[0m" if self._tty else text

    def _clear(self) -> None:
        if self._status:
            self._out.write("\r\033[K")
            self._status = ""

    def line(self, text: str = "") -> None:
        """Print one line."""
        self._clear()
        self._out.write(text + "\n")
        self._out.flush()

    def lines(self, texts: Sequence[str], indent: str = "    ") -> None:
        """Print @texts, each behind @indent."""
        for text in texts:
            self.line(indent + text)

    def note(self, text: str) -> None:
        """Something that the user should know but need not act on."""
        self.line(self.paint("note: ", YELLOW) + text)

    def begin(self, step: str) -> None:
        """A long step begins."""
        self._step = step
        self._started = self._beat = time.monotonic()
        if self._tty:
            self.progress("")
        else:
            self.line(f"{step} ...")

    def progress(self, detail: str) -> None:
        """The long step is alive; @detail says how far it is."""
        now = time.monotonic()
        text = f"{self._step} ... {detail}{', ' if detail else ''}" \
               f"{now - self._started:.0f} s"
        if self._tty:
            self._clear()
            self._out.write(text)
            self._out.flush()
            self._status = text
        elif now - self._beat >= HEARTBEAT:
            self._beat = now
            self.line(text)

    def end(self, result: str = "") -> None:
        """The long step is done."""
        took = time.monotonic() - self._started
        self.line(f"{self._step}: {result or 'done'}, {took:.1f} s")

    def abandon(self) -> None:
        """The long step ends in an error, which is printed next."""
        self._clear()

    def error(self, err: TestbedError) -> None:
        """The details of an error, then one clear line that says it all."""
        self._clear()
        self._out.flush()
        for detail in err.details:
            print(f"    {detail}", file=sys.stderr)
        word = "SKIP" if isinstance(err, Unavailable) else \
            "BROKEN" if err.code is Exit.BROKEN else "mm-testbed"
        print(f"{word}: {err.message}", file=sys.stderr, flush=True)
