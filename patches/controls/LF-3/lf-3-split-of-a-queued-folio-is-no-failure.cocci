// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a folio that was split because it was queued does not count
//
// Pieces may be left on the list that cannot be moved; if the folio that they come from
// does not count as failed, migrate_pages() reports success with folios on its list.
//
// Breaks: LF-3
// Kills: large_folio_queue.piece_of_a_queued_folio_that_stays_is_counted: assertion
// In: mm/migrate.c: migrate_pages_batch

@@
@@
  if (!try_split_folio(folio, split_folios, mode)) {
-   nr_failed++;
    stats->nr_thp_failed += is_thp;
    stats->nr_thp_split += is_thp;
    stats->nr_split++;
    continue;
  }
