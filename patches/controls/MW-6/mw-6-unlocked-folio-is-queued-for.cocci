// SPDX-License-Identifier: GPL-2.0
// Subject: mm: queue without a look at the folio lock
//
// The waiter does not look whether the folio is locked still before it queues. If it
// has just been unlocked, nobody is going to wake the waiter. Who takes the BUG_ON()
// in pfn_swap_entry_folio() as proof that it is locked would leave the look out.
//
// Breaks: MW-6
// Kills: migration_wait_exit.unlocked_folio_is_not_waited_for: assertion
// In: mm/filemap.c: softleaf_entry_wait_on_locked | migration_entry_wait_on_locked

@@
@@
- if (!folio_trylock_flag(folio, PG_locked, wait))
- 	__add_wait_queue_entry_tail(q, wait);
+ __add_wait_queue_entry_tail(q, wait);
