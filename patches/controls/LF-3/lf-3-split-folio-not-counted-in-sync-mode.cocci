// SPDX-License-Identifier: GPL-2.0
// Subject: mm: MIGRATE_SYNC forgets large folios that it has split
//
// Of those that were split in the first, asynchronous round, only huge pages
// count. If some of their pages then cannot be moved, the call says that all
// is well with folios left on the list, and the caller forgets them there.
//
// Breaks: LF-3
// Kills: large_folio_list.piece_that_cannot_move_stays: assertion
// In: mm/migrate.c: migrate_pages_sync

@@
@@
- nr_failed += astats.nr_split;
+ nr_failed += astats.nr_thp_split;
