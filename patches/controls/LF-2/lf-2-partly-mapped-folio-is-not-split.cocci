// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a folio that is mapped in part moves whole
//
// It is looked at whether it waits for being split, but no split is tried.
//
// Breaks: LF-2
// Kills: large_folio_queue.folio_mapped_in_part_is_split: assertion
// In: mm/migrate.c: migrate_pages_batch

@@
@@
- folio_test_partially_mapped(folio)
+ false
