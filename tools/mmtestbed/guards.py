# SPDX-License-Identifier: GPL-2.0
"""Find in the kernel's log what KUnit does not count as a failure."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

# So much of a report is kept and quoted, in lines.
KEPT = 40

# (kind, what its first line looks like); the first that matches counts.
_KINDS: tuple[tuple[str, str], ...] = (
    ("kasan", r"BUG: KASAN: "),
    ("kmsan", r"BUG: KMSAN: "),
    ("kcsan", r"BUG: KCSAN: "),
    ("kfence", r"BUG: KFENCE: "),
    ("ubsan", r"UBSAN: "),
    ("atomic sleep", r"BUG: sleeping function called from invalid context"),
    ("atomic sleep", r"BUG: scheduling while atomic"),
    ("atomic sleep", r"Voluntary context switch within RCU"),
    ("bad page", r"BUG: Bad (?:page|rss-counter)|BUG: non-zero pgtables_bytes"),
    ("slab", r"BUG [\w:-]+ \((?:Not tainted|Tainted)"),
    ("list corruption", r"(?:list_add|list_del|hlist\w*) corruption"),
    ("refcount", r"refcount_t: "),
    ("null dereference", r"BUG: kernel NULL pointer|BUG: unable to handle"),
    ("lockup", r"BUG: soft lockup|watchdog: BUG|hard LOCKUP"),
    ("lockdep", r"WARNING: (?:possible (?:circular|recursive|irq)|inconsistent lock|"
                r"suspicious RCU|held lock freed|lock held when returning|"
                r"bad (?:unlock|lock) balance|Nested lock|.* still has locks held|"
                r".*lock order detected|.*locks? held)"),
    ("lockdep", r"\[ BUG: Invalid wait context \]"),
    ("lockdep", r"INFO: (?:possible|trying to register non-static|lockdep is turned)"),
    ("lockdep", r"BUG: .*(?:lock held|locks? held|MAX_LOCK|lockdep)|DEBUG_LOCKS_WARN"),
    ("bug", r"kernel BUG at |BUG: "),
    ("warning", r"WARNING: |------------\[ cut here \]------------"),
    ("hung task", r"INFO: task .* blocked for more than"),
    ("rcu stall", r"(?:rcu: )?INFO: .*(?:detected.*stall|self-detected stall)"),
    ("stack overflow", r".*(?:stack overflow|corrupted stack end)"),
    ("oops", r"(?:Oops|general protection fault|Kernel mode fault|"
             r"Unable to handle kernel|Segfault with no mm|Internal error)"),
    ("memory leak", r"kmemleak: \d+ new suspected"),
    ("panic", r"Kernel panic - not syncing"),
)
_START = [(kind, re.compile(rf"\s*{pattern}")) for kind, pattern in _KINDS]
# Lines ahead of a report that belong to it.
_PAGE_DUMP = re.compile(r"page: refcount:|page dumped because:")
_CUT = re.compile(r"-+\[ cut here \]-+")
_TAINT = re.compile(r"\bTainted: ?(?:\[[^]]*\]=\w+,? ?|[A-Z] *)*")
_SYMBOL = re.compile(r"([A-Za-z_][\w.]*)\+0x([0-9a-f]+)(?:/0x[0-9a-f]+)?")
_PLACE = re.compile(r"\b((?:[\w.-]+/)+[\w.-]+\.[chS]):(\d+)")
# Parts of the reporting machinery: never the place that went wrong.
_MACHINERY = re.compile(
    r"(?:__)?(?:dump_stack|show_stack|print_|warn|__warn|report_bug|kasan_|"
    r"check_memory_region|panic|die|lockdep_|ubsan_|__ubsan|handle_|"
    r"asan_|__asan|__might_resched|might_resched|__schedule_bug|bad_page|"
    r"__list_(?:add|del)\w*_(?:valid|or_report)|refcount_warn|um_|segv|relay_signal|"
    r"sig_handler|mark_lock|__lock_acquire|lock_acquire|validate_chain|"
    r"check_|vprintk|_printk|switch_to|os_|hard_handler|_raw_|kunit_)")


@dataclass
class Splat:
    """One report of the kernel.

    @kind: one of _KINDS.
    @title: its first line.
    @lines: as much of it as is worth quoting.
    @where: function, and file and line if they are known.
    """

    kind: str
    title: str
    lines: list[str] = field(default_factory=list)
    where: str = ""
    fatal: bool = False


def classify(text: str) -> Optional[str]:
    """The kind of report that begins with the line @text, None if none does."""
    for kind, pattern in _START:
        if pattern.match(text):
            return kind
    return None


class Scanner:
    """Collects the reports among the lines of one boot."""

    def __init__(self) -> None:
        self._open: Optional[Splat] = None
        self._before: list[str] = []
        self._done: list[Splat] = []

    def feed(self, text: str) -> None:
        """Look at one cleaned line that is not KTAP."""
        stripped = text.strip()
        if stripped.startswith("#"):
            return
        kind = classify(stripped)
        current = self._open
        if current and len(current.lines) < KEPT:
            if kind is None or kind == "panic" or current.title == "" or \
               self._belongs(current, kind):
                self._grow(current, stripped, kind)
                return
        elif kind is None or current and kind == "panic":
            if current and kind == "panic":
                current.fatal = True
            self._remember(stripped)
            return
        self._start(kind or "", stripped)

    @staticmethod
    def _belongs(current: Splat, kind: str) -> bool:
        """True if a line of @kind is part of the report that is being read."""
        return len(current.lines) < 4 and kind in (current.kind, "bug", "warning")

    def _grow(self, current: Splat, text: str, kind: Optional[str]) -> None:
        if current.title == "" and not _CUT.match(text):
            current.title = text
            if kind:
                current.kind = kind
        if kind == "panic":
            current.fatal = True
        if text or current.lines:
            current.lines.append(text)
        if text.startswith("---[ end trace"):
            self.close()

    def _start(self, kind: str, text: str) -> None:
        self.close()
        splat = Splat(kind, "" if _CUT.match(text) else text)
        dump = [i for i, line in enumerate(self._before) if _PAGE_DUMP.search(line)]
        if dump:
            splat.lines = self._before[dump[0]:]
        splat.lines.append(text)
        splat.fatal = kind == "panic"
        self._before = []
        self._open = splat

    def _remember(self, text: str) -> None:
        self._before = [*self._before[-10:], text]

    def close(self) -> None:
        """A line of KTAP, or the end of the log, ends a report."""
        if self._open:
            self._open.title = self._open.title or self._open.lines[0]
            self._open.where = place(self._open)
            self._done.append(self._open)
        self._open = None
        self._before = []

    def pending(self) -> bool:
        """True if a report has begun since the last take()."""
        return bool(self._open or self._done)

    def take(self) -> list[Splat]:
        """The reports since the last call."""
        self.close()
        done, self._done = self._done, []
        return done


def place(splat: Splat) -> str:
    """Where @splat happened, as far as its own lines tell."""
    at = _PLACE.search(splat.title)
    function = _SYMBOL.search(splat.title)
    if function is None:
        for line in splat.lines[1:]:
            found = _SYMBOL.search(line)
            if found and "?" not in line and not _MACHINERY.match(found.group(1)):
                function = found
                break
    if at is None:
        for line in splat.lines[:3]:
            at = _PLACE.search(line)
            if at:
                break
    name = f"{function.group(1)}+0x{function.group(2)}" if function else ""
    if at:
        return f"{name} ({at.group(1)}:{at.group(2)})" if name else \
            f"{at.group(1)}:{at.group(2)}"
    return name


def decode(splat: Splat, kernel: Path) -> None:
    """Add file and line to @splat.where, if @kernel has debug information."""
    match = _SYMBOL.search(splat.where)
    if not match or _PLACE.search(splat.where):
        return
    try:
        symbols = subprocess.run(["nm", str(kernel)], capture_output=True, text=True,
                                 check=True).stdout
        found = re.search(rf"^([0-9a-f]+) [tTwW] {re.escape(match.group(1))}$",
                          symbols, re.MULTILINE)
        if not found:
            return
        address = int(found.group(1), 16) + int(match.group(2), 16)
        answer = subprocess.run(["addr2line", "-e", str(kernel), hex(address)],
                                capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return
    answer = answer.strip()
    if answer and not answer.startswith("??"):
        splat.where += f" ({re.sub(r'^.*/mnt/src/', '', answer)})"


def strange_taint(text: str) -> str:
    """The taint letters in a line that tests do not explain; "" if there are none.

    A kernel that runs KUnit has N (TEST); G only says that no module is proprietary.
    """
    match = re.search(r"\bTainted: (.*?)(?:\s+\d+\.\d+|$)", text)
    if not match:
        return ""
    letters = re.sub(r"\[(\w)\]=\w+,?", "", match.group(1)).split()
    return "".join(sorted({letter for letter in letters if len(letter) == 1}
                          - {"G", "N"}))
