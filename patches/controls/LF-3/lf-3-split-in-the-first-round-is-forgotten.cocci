// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate: count splits for want of memory
//
// A folio that is mapped in part is split for another reason, and its pieces may stay.
//
// Breaks: LF-3
// Kills: large_folio_queue.piece_of_a_queued_folio_that_stays_is_counted_in_sync_mode: assertion
// In: mm/migrate.c: migrate_pages_batch

@@
@@
  nr_failed++;
  stats->nr_thp_failed += is_thp;
  stats->nr_thp_split += is_thp;
- stats->nr_split++;
