# SPDX-License-Identifier: GPL-2.0
"""What the user sees while a run goes on: steps, notes, live results, errors."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import sys
import time
from typing import Optional, Sequence, TextIO

from ..errors import Exit, Interrupted, TestbedError, Unavailable

RED, GREEN, YELLOW, BOLD = "31", "32", "33", "1"
# Without a terminal a long step says that it is alive this often, in seconds.
HEARTBEAT = 20.0


# What a terminal would not show but obey: control characters, and those that turn the
# direction of writing; and what no encoding has.
_CONTROL = re.compile("[\0-\x08\x0a-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069"
                      "\ud800-\udfff]")


def clean(text: str) -> str:
    """@text, which may come from a stranger, as something that can be printed."""
    return _CONTROL.sub(_visible, text)


def _visible(match: "re.Match[str]") -> str:
    code = ord(match.group())
    if 0xdc80 <= code <= 0xdcff:
        code -= 0xdc00                  # a byte that is not UTF-8
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


class Console:
    """Writes to the terminal or the log; colours and overwriting only on a tty.

    All that it prints is clean().  If nobody reads it any more, Interrupted is raised,
    with SIGPIPE.
    """

    def __init__(self, out: Optional[TextIO] = None) -> None:
        # Python has none if it was closed by who called us.
        self._out = out or sys.stdout or open(os.devnull, "w", encoding="ascii")
        self._tty = self._out.isatty()
        # See no-color.org.
        self._colours = not os.environ.get("NO_COLOR")
        # Only we know it: what others print with it is no colour of ours.
        self._mark = secrets.token_hex(8)
        self._status = ""
        self._step = ""
        self._started = 0.0
        self._beat = 0.0

    def paint(self, text: str, colour: str) -> str:
        """@text in @colour (an SGR code) on a terminal, unchanged elsewhere."""
        if not self._tty or not self._colours:
            return text
        return f"<{self._mark}{colour}m>{text}<{self._mark}0m>"

    def aside(self, wanted: bool = True) -> None:
        """If it is @wanted, leave the standard output to a report."""
        if wanted and self._out is sys.stdout:
            self._out = sys.stderr
            self._tty = self._out.isatty()

    def _write(self, text: str) -> None:
        try:
            self._out.write(text)
            self._out.flush()
        except BrokenPipeError:
            raise Interrupted(signal.SIGPIPE) from None

    def _clean(self, text: str) -> str:
        return re.sub(f"<{self._mark}(\\d+m)>", "\033[\\1", clean(text))

    def _clear(self) -> None:
        if self._status:
            self._write("\r\033[K")
            self._status = ""

    def line(self, text: str = "") -> None:
        """Print one line."""
        self._clear()
        self._write(self._clean(text) + "\n")

    def lines(self, texts: Sequence[str], indent: str = "    ") -> None:
        """Print @texts, each behind @indent."""
        for text in texts:
            self.line(indent + text)

    def note(self, text: str) -> None:
        """Something that the user should know but need not act on."""
        self.line(self.paint("note: ", YELLOW) + text)

    def begin(self, step: str, detail: str = "") -> None:
        """A long step begins; @detail says how long it will be."""
        self._step = step
        self._started = self._beat = time.monotonic()
        if self._tty:
            self.progress(detail)
        else:
            self.line(f"{step} ... {detail}".rstrip())

    def progress(self, detail: str) -> None:
        """The long step is alive; @detail says how far it is."""
        now = time.monotonic()
        text = f"{self._step} ... {detail}{', ' if detail else ''}" \
               f"{now - self._started:.0f} s"
        if self._tty:
            self._clear()
            # A line that is longer than the terminal could not be wiped out again.
            width = shutil.get_terminal_size().columns
            self._write(self._clean(text)[:max(1, width - 1)])
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
        for detail in err.details:
            print(f"    {clean(detail)}", file=sys.stderr)
        word = "SKIP" if isinstance(err, Unavailable) else \
            "BROKEN" if err.code is Exit.BROKEN else "mm-testbed"
        print(f"{word}: {clean(err.message)}", file=sys.stderr, flush=True)
