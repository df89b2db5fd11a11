// SPDX-License-Identifier: GPL-2.0
// Subject: mm: drop the ptl before the waiter is queued
//
// The ptl is dropped before the lock of the wait queue is taken, so that the folio may
// be freed, or its unlock missed, before the waiter stands in the queue. Who wants to
// shorten the time under the ptl would do this.
//
// Breaks: MW-3, XP-1
// Kills: migration_wait_order.ptl_is_held_at_queue_lock: assertion
// Kills: explore.each_schedule_ends_as_a_serial_order: report
// Kills: migration_wait_order.ptl_is_held_when_irqs_are_enabled: assertion
// Kills: migration_wait_order.waiter_is_queued_at_ptl_drop: assertion
// In: mm/filemap.c: softleaf_entry_wait_on_locked | migration_entry_wait_on_locked

@@
statement S;
@@
+ spin_unlock(ptl);
  spin_lock_irq(&q->lock);
  folio_set_waiters(folio);
  if (!folio_trylock_flag(folio, PG_locked, wait)) S
  spin_unlock_irq(&q->lock);
- spin_unlock(ptl);
