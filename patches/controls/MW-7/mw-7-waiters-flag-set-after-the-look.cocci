// SPDX-License-Identifier: GPL-2.0
// Subject: mm: set PG_waiters only if there is something to wait for
//
// The waiter looks at PG_locked first and sets PG_waiters then: an unlock on another
// CPU that comes between the two wakes nobody. Whoever finds that the flag is set for
// nothing if the folio is unlocked would put it into the branch.
//
// Breaks: MW-7
// Kills: migration_wait_exit.unlocked_folio_is_not_waited_for: assertion
// In: mm/filemap.c: softleaf_entry_wait_on_locked | migration_entry_wait_on_locked

@@
@@
- folio_set_waiters(folio);
- if (!folio_trylock_flag(folio, PG_locked, wait))
- 	__add_wait_queue_entry_tail(q, wait);
+ if (!folio_trylock_flag(folio, PG_locked, wait)) {
+ 	folio_set_waiters(folio);
+ 	__add_wait_queue_entry_tail(q, wait);
+ }
