// SPDX-License-Identifier: GPL-2.0
// Subject: mm: clear PG_waiters when the queue lock has been dropped
//
// The unlock decides under the queue lock that nobody waits any more, but clears
// PG_waiters after it has dropped the lock, when the next waiter may have set it.
// Whoever wants to hold the lock for as short as can be would move the line.
//
// Breaks: MW-7
// Kills: migration_wait_wake.waiters_flag_is_cleared_under_lock: assertion
// Kills: migration_wait_wake.unlocks_on_two_cpus_lose_no_waiter: assertion
// In: mm/filemap.c: folio_wake_bit
// Matches: 3

@@
@@
  unsigned long flags;
+ bool clear;

@@
@@
- if (!waitqueue_active(q) || !key.page_match)
- 	folio_clear_waiters(folio);
+ clear = !waitqueue_active(q) || !key.page_match;

@@
@@
  spin_unlock_irqrestore(&q->lock, flags);
+ if (clear)
+ 	folio_clear_waiters(folio);
