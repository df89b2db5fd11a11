// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a folio that has been migrated counts as mapped whole
//
// It is put on the queue, but not for the reason that it had before.
//
// Breaks: LF-2
// Kills: large_folio_queue.folio_waits_for_its_split_elsewhere: assertion
// In: mm/migrate.c: migrate_folio_move

@@
@@
- deferred_split_folio(dst, src_partially_mapped);
+ deferred_split_folio(dst, false);
