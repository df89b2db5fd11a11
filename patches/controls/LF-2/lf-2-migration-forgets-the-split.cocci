// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a folio that has been migrated is not split any more
//
// Migration takes the source off the queue of folios that wait for being
// split, and does not put the destination on it: what is not used of it stays
// in use for good.
//
// Breaks: LF-2
// Kills: large_folio_queue.folio_waits_for_its_split_elsewhere: assertion
// In: mm/migrate.c: migrate_folio_move

@@
@@
- if (src_deferred_split)
- 	deferred_split_folio(dst, src_partially_mapped);
