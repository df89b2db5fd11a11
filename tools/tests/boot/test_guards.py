# SPDX-License-Identifier: GPL-2.0
"""Reports of the kernel: found, named, and placed."""

import unittest
from pathlib import Path
from typing import Sequence

from mmtestbed.boot import guards, symbols
from mmtestbed.boot.uml import Ending, How
from mmtestbed.model.outcomes import Splat

from tests import support

# Other kernels' and architectures' words, which no recorded log here holds.
FIRST_LINES = {
    "kasan": "BUG: KASAN: slab-use-after-free in use_after_free+0x45/0x60",
    "kmsan": "BUG: KMSAN: uninit-value in foo+0x1/0x2",
    "kcsan": "BUG: KCSAN: data-race in foo / bar",
    "ubsan": "UBSAN: shift-out-of-bounds in ../src/mm/x.c:12:3",
    "atomic sleep": "BUG: sleeping function called from invalid context at mm/x.c:60",
    "bad page": "BUG: Bad rss-counter state mm:00000000 type:MM_ANONPAGES val:1",
    "slab": "BUG kmalloc-64 (Not tainted): Right Redzone overwritten",
    "list corruption": "list_del corruption, 00000000->next is LIST_POISON1",
    "refcount": "refcount_t: underflow; use-after-free.",
    "null dereference": "BUG: kernel NULL pointer dereference, address: 0000000000000000",
    "lockup": "watchdog: BUG: soft lockup - CPU#0 stuck for 26s!",
    "lockdep": "WARNING: possible circular locking dependency detected",
    "bug": "kernel BUG at mm/x.c:12!",
    "warning": "WARNING: CPU: 0 PID: 40 at mm/x.c:26 foo+0x29/0x30",
    "hung task": "INFO: task kunit:12 blocked for more than 120 seconds.",
    "rcu stall": "rcu: INFO: rcu_preempt self-detected stall on CPU",
    "taint": "Disabling lock debugging due to kernel taint",
    "memory leak": "kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug)",
    "panic": "Kernel panic - not syncing: stop",
}
LOCKDEP = (
    "WARNING: possible recursive locking detected",
    "WARNING: inconsistent lock state",
    "WARNING: suspicious RCU usage",
    "WARNING: held lock freed!",
    "WARNING: lock held when returning to user space!",
    "WARNING: bad unlock balance detected!",
    "WARNING: kunit_try_catch/25 still has locks held!",
    "WARNING: HARDIRQ-safe -> HARDIRQ-unsafe lock order detected",
    "[ BUG: Invalid wait context ]",
    "INFO: trying to register non-static key.",
)
INNOCENT = (
    "mem auto-init: stack:all(zero), heap alloc:off, heap free:off",
    "rcu: \tRCU lockdep checking is enabled.",
    "Running RCU self tests",
    "# a_case: BUG: this is what a case says",
    "Linux version 6.12.117 (mm-testbed@mm-testbed)",
    "... MAX_LOCKDEP_SUBCLASSES:  8",
)


class Many(unittest.TestCase):
    """A case that spins prints the same report thousands of times."""

    def test_not_all_are_kept(self) -> None:
        scanner = guards.Scanner()
        for _ in range(3 * guards.MOST):
            scanner.feed(FIRST_LINES["warning"])
            scanner.close()
        scanner.feed(FIRST_LINES["panic"])
        found = scanner.take()
        self.assertEqual(len(found), guards.MOST + 1)
        self.assertTrue(found[-1].fatal)
        scanner.feed(FIRST_LINES["warning"])
        self.assertEqual(len(scanner.take()), 1)

    def test_each_is_looked_up_once(self) -> None:
        asked: list[str] = []

        def output(command: Sequence[str]) -> str:
            asked.append(command[-1])
            return "mm/x.c:12 (discriminator 3)"

        for name, value in (("table", lambda kernel: [(0x1000, "foo"), (0x2000, "bar")]),
                            ("output", output)):
            self.addCleanup(setattr, symbols, name, getattr(symbols, name))
            setattr(symbols, name, value)
        decoder = guards.Decoder(Path("linux"))
        splats = [Splat("warning", "", where=where)
                  for where in ("foo+0x10", "foo+0x10", "bar+0x0", "nowhere+0x1", "mm/y.c:3")]
        splats.append(Splat("oops", "", where="bar+0x0"))
        for splat in splats:
            decoder.decode(splat)
        self.assertEqual([splat.where for splat in splats], [
            "foo+0x10 (mm/x.c:12)", "foo+0x10 (mm/x.c:12)", "foo (mm/x.c:12)", "nowhere+0x1",
            "mm/y.c:3", "bar+0x0 (mm/x.c:12)"])
        self.assertEqual(asked, ["0x1010", "0x1fff", "0x2000"])


class Classify(unittest.TestCase):
    def test_each_kind(self) -> None:
        for kind, line in FIRST_LINES.items():
            with self.subTest(kind):
                self.assertEqual(guards.classify(line), kind)

    def test_lockdep(self) -> None:
        for line in LOCKDEP:
            with self.subTest(line):
                self.assertEqual(guards.classify(line), "lockdep")

    def test_innocent(self) -> None:
        scanner = guards.Scanner()
        for line in INNOCENT:
            scanner.feed(line)
        self.assertEqual(scanner.take(), [])


class Recorded(unittest.TestCase):
    """Each recorded log blames its one case for the right kind, at the right place."""

    def check(self, name: str, case: str, status: str, kind: str, where: str) -> None:
        judge = support.judged(support.log(name), [("bad", case)],
                               Ending(How.EXITED, 1))
        outcome = support.only(judge)
        self.assertEqual(judge.troubles, [])
        self.assertEqual((outcome.name, outcome.status.value), (case, status))
        self.assertEqual(outcome.splats[0].kind, kind)
        self.assertEqual(outcome.splats[0].where, where)
        self.assertTrue(outcome.splats[0].lines)
        self.assertIn(kind, outcome.reason)

    def test_null(self) -> None:
        self.check("null", "bad_null", "crashed", "oops", "bad_null+0x0")

    def test_stack(self) -> None:
        self.check("stack", "bad_stack", "crashed", "stack overflow",
                   "deep.isra.0+0x2b")

    def test_bug(self) -> None:
        self.check("bug", "bad_bug", "crashed", "bug",
                   "bad_bug (mm/kunit/bad_kunit.c:46)")

    def test_vm_bug_on_quotes_the_page(self) -> None:
        self.check("vmbug", "bad_vmbug", "crashed", "bug",
                   "bad_vmbug (mm/kunit/bad_kunit.c:88)")
        judge = support.judged(support.log("vmbug"), [("bad", "bad_vmbug")])
        self.assertIn("page dumped because: VM_BUG_ON_PAGE(1)",
                      support.only(judge).splats[0].lines)

    def test_panic(self) -> None:
        # The decoder, which needs the kernel, turns that into bad_panic.
        self.check("panic", "bad_panic", "crashed", "panic", "bad_bug+0x0")

    def test_list(self) -> None:
        self.check("list", "bad_list", "failed", "list corruption",
                   "__list_add_valid_or_report+0xe5 (lib/list_debug.c:29)")

    def test_atomic_sleep(self) -> None:
        self.check("atomic_sleep", "bad_recursive", "failed", "atomic sleep",
                   "bad_recursive+0x22 (mm/kunit/bad_kunit.c:60)")

    def test_lock_held(self) -> None:
        self.check("lock_held", "bad_held", "failed", "lockdep", "bad_held+0x1c")

    def test_preempt(self) -> None:
        judge = support.judged(support.log("preempt"), [("bad", "bad_preempt")])
        self.assertEqual([splat.kind for splat in support.only(judge).splats],
                         ["atomic sleep", "atomic sleep"])

    def test_bad_page(self) -> None:
        judge = support.judged(support.log("bad_page"), [("bad", "bad_page")],
                               Ending(How.EXITED, 1))
        outcome = support.only(judge)
        self.assertEqual([splat.kind for splat in outcome.splats],
                         ["bad page", "oops"])
        self.assertTrue(outcome.splats[1].fatal)
