// SPDX-License-Identifier: GPL-2.0
// Subject: mm: clear PG_waiters only after somebody has been woken
//
// A task that is killed leaves PG_waiters behind, for the next unlock to clear.
// Whoever reads the condition as "the last waiter has been woken" makes that unlock
// leave the flag, and each one after it take the slow path for nobody.
//
// Breaks: SF-10
// Kills: swap_fault_wait.sigkill_ends_killable_wait: assertion
// In: mm/filemap.c: folio_wake_bit

@@
@@
- !waitqueue_active(q) || !key.page_match
+ !waitqueue_active(q) && key.page_match
