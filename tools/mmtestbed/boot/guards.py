# SPDX-License-Identifier: GPL-2.0
"""Find in the kernel's log what KUnit does not count as a failure."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Optional

from ..kernel import tree
from ..model.outcomes import Splat
from . import symbols

# So much of a report is kept and quoted, in lines.
KEPT = 40
# So many reports are kept between two calls of take(), and what is fatal: a case that spins
# may print the same for as long as it is let.
MOST = 100

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
    ("taint", r"Disabling lock debugging due to kernel taint"),
    ("bug", r"kernel BUG at |BUG: "),
    ("warning", r"WARNING: |------------\[ cut here \]------------"),
    ("hung task", r"INFO: task .* blocked for more than"),
    ("rcu stall", r"(?:rcu: )?INFO: .*(?:detected.*stall|self-detected stall)"),
    ("stack overflow", r".*(?:stack overflow|corrupted stack end)"),
    ("oops", r"Pid: \d+, comm: "),
    ("oops", r"(?:Oops|general protection fault|Kernel mode fault|"
             r"Unable to handle kernel|Internal error)"),
    ("memory leak", r"kmemleak: \d+ new suspected"),
    ("panic", r"Kernel panic - not syncing"),
)
KINDS = tuple(dict.fromkeys(kind for kind, _ in _KINDS))
_START = [(kind, re.compile(rf"\s*{pattern}")) for kind, pattern in _KINDS]
# What a report may turn out to be, a line or two after its first one.
_GENERAL = ("warning", "bug", "oops", "panic")
_HEAD = 4
_CUT = re.compile(r"-+\[ cut here \]-+")
# Lines ahead of a report that belong to it.
_PAGE_DUMP = re.compile(r"page: refcount:|page dumped because:")
_SYMBOL = re.compile(r"([A-Za-z_][\w.]*)\+0x([0-9a-f]+)(?:/0x[0-9a-f]+)?")
_HELD_AT = re.compile(r", at: ([A-Za-z_][\w.]*)\+0x([0-9a-f]+)")
_RIP = re.compile(r"RIP: [0-9a-f]+:(\S+)")
_FRAME = re.compile(r"\b(RSP|RBP): ([0-9a-f]+)")
_PLACE = re.compile(r"\b((?:[\w.-]+/)+[\w.-]+\.[chS]):(\d+)(?:/(\w+)\(\))?")
# UML's kernel stacks: size and alignment in bytes.
_STACK = 0x4000
# Parts of the reporting machinery: never the place that went wrong.
_MACHINERY = re.compile(
    r"(?:__)?(?:dump_|show_stack|print_|warn|report_bug|kasan_|check_|panic|die|"
    r"lockdep_|ubsan_|handle_|asan_|might_resched|might_sleep|schedule|bad_page|"
    r"list_(?:add|del)\w*_(?:valid|or_report)|refcount_warn|um_|segv|relay_signal|"
    r"sig_handler|mark_lock|lock_acquire|validate_chain|debug_check_no_locks|"
    r"vprintk|_printk|printk|switch_to|os_|hard_handler|raw_|_raw_|kunit_)")


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
        text = text.strip()
        if text.startswith("# "):
            return                      # what a case prints is not the kernel's word
        kind = classify(text)
        if self._open and (kind is None or self._belongs(self._open, kind)):
            self._grow(self._open, text, kind)
        elif kind:
            self._start(kind, text)
        else:
            self._before = [*self._before[-10:], text]

    @staticmethod
    def _belongs(current: Splat, kind: str) -> bool:
        """True if a line of @kind is part of the report that is being read."""
        if kind == "panic":
            return True
        if kind == "oops" and current.kind in ("oops", "panic"):
            return True
        return len(current.lines) < _HEAD and \
            (kind == current.kind or current.kind in _GENERAL)

    @staticmethod
    def _grow(current: Splat, text: str, kind: Optional[str]) -> None:
        if not current.title and text:
            current.title = text
        if kind == "panic":
            current.fatal = True
        elif kind and kind not in ("warning", "oops"):
            current.kind = kind
            if current.title.startswith("WARNING: CPU"):
                current.title += f" ({text})"
        if (text or current.lines) and len(current.lines) < KEPT:
            current.lines.append(text)

    def _start(self, kind: str, text: str) -> None:
        dump = [i for i, line in enumerate(self._before) if _PAGE_DUMP.search(line)]
        lines = [*(self._before[dump[0]:] if dump else []), text]
        self.close()
        self._open = Splat(kind, "" if _CUT.match(text) else text, lines,
                           fatal=kind == "panic")

    def close(self) -> None:
        """A line of KTAP, or the end of the log, ends a report."""
        if self._open and (len(self._done) < MOST or self._open.fatal
                           or self._open.kind == "oops"):
            _settle(self._open)
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


def _settle(splat: Splat) -> None:
    """Now that @splat is complete: what and where was it?"""
    text = "\n".join(splat.lines)
    rip = _RIP.search(text)
    if splat.kind in ("oops", "panic") and rip:
        frame = dict(reversed(_FRAME.findall(text)))
        splat.kind = "oops"
        panic = re.search(r"Kernel panic - not syncing: (.*)", text)
        splat.title = f"{panic.group(1) if panic else 'fault'} at {rip.group(1)}"
        splat.where = re.sub(r"/0x\w+$", "", rip.group(1))
        if {"RSP", "RBP"} <= frame.keys() and \
           0 < int(frame["RBP"], 16) // _STACK - int(frame["RSP"], 16) // _STACK < 4:
            splat.kind = "stack overflow"
        return
    if not splat.title:
        splat.title = splat.lines[0]
    splat.where = place(splat)


def place(splat: Splat) -> str:
    """Where @splat happened, as far as its own lines tell."""
    at = _PLACE.search("\n".join([splat.title, *splat.lines[:3]]))
    function = _SYMBOL.search(splat.title)
    if splat.kind == "lockdep":
        function = _HELD_AT.search("\n".join(splat.lines)) or function
        at = None
    if at and at.group(3):
        return f"{at.group(3)} ({at.group(1)}:{at.group(2)})"
    if function is None:
        for line in splat.lines[1:]:
            found = _SYMBOL.search(line)
            if found and "] ? " not in line and not _MACHINERY.match(found.group(1)):
                function = found
                break
    name = f"{function.group(1)}+0x{function.group(2)}" if function else ""
    if at:
        return f"{name} ({at.group(1)}:{at.group(2)})" if name else \
            f"{at.group(1)}:{at.group(2)}"
    return name


class Decoder:
    """Finds functions and lines in the kernel that printed a report."""

    def __init__(self, kernel: Path) -> None:
        self._kernel = kernel
        self._symbols: Optional[list[tuple[int, str]]] = None
        self._found: dict[tuple[str, bool], str] = {}

    def _load(self) -> list[tuple[int, str]]:
        if self._symbols is None:
            self._symbols = symbols.table(self._kernel)
        return self._symbols

    def decode(self, splat: Splat) -> None:
        """Complete @splat.where; add file and line if there is debug information."""
        # A case that spins reports the same over and over.
        key = (splat.where, splat.kind == "oops")
        if key not in self._found:
            self._found[key] = self._decoded(*key)
        splat.where = self._found[key]

    def _decoded(self, where: str, oops: bool) -> str:
        match = _SYMBOL.search(where)
        if not match:
            return where
        known = self._load()
        names = [name for _, name in known]
        if match.group(1) not in names:
            return where
        index = names.index(match.group(1))
        offset = int(match.group(2), 16)
        address = known[index][0] + offset
        if offset == 0 and index and not oops:
            # The return address of a call that does not return: the caller
            # ended right there, and the next function begins.
            address -= 1
            where = where.replace(match.group(0), known[index - 1][1])
        if _PLACE.search(where):
            return where
        line = symbols.output(["addr2line", "-e", str(self._kernel), hex(address)]).strip()
        line = re.sub(r" \(discriminator.*", "", line)
        return f"{where} ({tree.plain(line)})" if re.search(r":\d+$", line) else where
