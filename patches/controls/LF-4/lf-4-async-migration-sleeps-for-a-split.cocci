// SPDX-License-Identifier: GPL-2.0
// Subject: mm: asynchronous migration sleeps for the lock of a folio that it has to split
//
// Other folios of the batch are locked and unmapped by then, and who has the
// lock may wait for one of them.
//
// Breaks: LF-4
// Kills: large_folio_wait.busy_large_folio_is_not_waited_for: assertion
// In: mm/migrate.c: try_split_folio

@@
@@
- if (mode == MIGRATE_ASYNC) {
- 	if (!folio_trylock(folio))
- 		return -EAGAIN;
- } else {
- 	folio_lock(folio);
- }
+ folio_lock(folio);
