// SPDX-License-Identifier: GPL-2.0
// Subject: mm: clear PG_waiters at every wake-up
//
// PG_waiters is cleared although a task that got the lock was woken, and others wait
// behind it. They are forgotten: the next unlock does not look at the queue.
//
// Breaks: MW-7
// Kills: migration_wait_wake.waiter_behind_locker_is_woken: assertion
// Kills: migration_wait_lock.lock_goes_to_one_after_the_other: assertion
// In: mm/filemap.c: folio_wake_bit

@@
@@
- if (!waitqueue_active(q) || !key.page_match)
- 	folio_clear_waiters(folio);
+ folio_clear_waiters(folio);
