// SPDX-License-Identifier: GPL-2.0
// Subject: mm: set PG_waiters, drop the ptl, and only then queue
//
// PG_waiters is set outside of the queue lock, the ptl dropped, and the waiter queued
// without another look at the folio lock. The unlock in between finds nobody to wake
// and clears the flag. Who thinks that the flag alone makes the wait safe would write
// this.
//
// Breaks: MW-3, XP-1
// Kills: migration_wait_order.fault_queues_before_ptl_drop: assertion
// Kills: explore.each_schedule_ends_as_a_serial_order: assertion
// In: mm/filemap.c: softleaf_entry_wait_on_locked | migration_entry_wait_on_locked
// Matches: 2

@@
@@
+ folio_set_waiters(folio);
+ spin_unlock(ptl);
  spin_lock_irq(&q->lock);
- folio_set_waiters(folio);
- if (!folio_trylock_flag(folio, PG_locked, wait))
  	__add_wait_queue_entry_tail(q, wait);
  spin_unlock_irq(&q->lock);

@@
statement S;
@@
  spin_unlock_irq(&q->lock);
- spin_unlock(ptl);
  for (;;) S
