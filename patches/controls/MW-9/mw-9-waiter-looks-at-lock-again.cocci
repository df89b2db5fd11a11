// SPDX-License-Identifier: GPL-2.0
// Subject: mm: look at the folio lock after the wait
//
// A waiter that has been woken makes sure that the folio is unlocked, as the waiters
// with a reference do. It looks at a page that may have a new owner, and waits for
// that one as well.
//
// Breaks: MW-9
// Kills: migration_wait_sleep.woken_waiter_leaves_reused_folio_alone: assertion
// In: mm/filemap.c: softleaf_entry_wait_on_locked | migration_entry_wait_on_locked

@@
@@
  finish_wait(q, wait);
+ folio_wait_locked(folio);
