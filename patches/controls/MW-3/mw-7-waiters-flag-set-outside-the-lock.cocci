// SPDX-License-Identifier: GPL-2.0
// Subject: mm: set PG_waiters before the queue lock is taken
//
// The waiter sets PG_waiters before it takes the queue lock, and an unlock that has
// the lock clears it together with that of its last waiter. Whoever thinks that an
// atomic bit needs no lock would move the line.
//
// Breaks: MW-3, MW-7
// Kills: migration_wait_exit.relocked_folio_is_waited_for: assertion
// In: mm/filemap.c: softleaf_entry_wait_on_locked | migration_entry_wait_on_locked

@@
@@
+ folio_set_waiters(folio);
  spin_lock_irq(&q->lock);
- folio_set_waiters(folio);
