// SPDX-License-Identifier: GPL-2.0
// Subject: mm: drop the ptl inside the queue lock, before queueing
//
// The ptl is dropped as soon as the lock of the wait queue is held, in the belief that
// this is enough to keep the folio from being unlocked. It keeps a wake-up from being
// missed, but not the folio from being freed: folio_trylock_flag() then looks at a
// folio that may be someone else's.
//
// Breaks: MW-3
// Kills: migration_wait_order.fault_queues_before_ptl_drop: assertion
// In: mm/filemap.c: softleaf_entry_wait_on_locked | migration_entry_wait_on_locked

@@
statement S;
@@
  spin_lock_irq(&q->lock);
+ spin_unlock(ptl);
  folio_set_waiters(folio);
  if (!folio_trylock_flag(folio, PG_locked, wait)) S
  spin_unlock_irq(&q->lock);
- spin_unlock(ptl);
