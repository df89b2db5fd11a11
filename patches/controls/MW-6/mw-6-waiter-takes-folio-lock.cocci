// SPDX-License-Identifier: GPL-2.0
// Subject: mm: take the folio lock if it is free
//
// A waiter that finds the folio unlocked takes the lock, instead of only looking, and
// nobody ever drops it. Written by someone who reads folio_trylock_flag() as
// folio_trylock().
//
// Breaks: MW-6
// Kills: migration_wait_exit.unlocked_folio_is_not_waited_for: assertion
// In: mm/filemap.c: softleaf_entry_wait_on_locked | migration_entry_wait_on_locked

@@
@@
- if (!folio_trylock_flag(folio, PG_locked, wait))
- 	__add_wait_queue_entry_tail(q, wait);
+ if (folio_trylock(folio))
+ 		wait->flags = WQ_FLAG_WOKEN;
+ 	else
+ 		__add_wait_queue_entry_tail(q, wait);
