// SPDX-License-Identifier: GPL-2.0
// Subject: mm: clear PG_waiters after the wait
//
// The last waiter clears PG_waiters, which an unlock may have left set. The folio may
// be free by then, and its page have a new owner with waiters of its own. Who reads
// the comment that the flag "will remain set" as a flaw would fix it so.
//
// Breaks: MW-9
// Kills: migration_wait_sleep.woken_waiter_leaves_reused_folio_alone: assertion
// In: mm/filemap.c: softleaf_entry_wait_on_locked | migration_entry_wait_on_locked

@@
@@
  finish_wait(q, wait);
+ if (!waitqueue_active(q))
+ 	folio_clear_waiters(folio);
