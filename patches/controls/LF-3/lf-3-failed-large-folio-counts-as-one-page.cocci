// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a large folio that was not migrated counts as one page
//
// PGMIGRATE_FAIL is counted in pages.
//
// Breaks: LF-3
// Kills: large_folio_list.pinned_large_folio_stays: assertion
// In: mm/migrate.c: migrate_pages_batch
// In: mm/migrate.c: migrate_folios_move
// Matches: 3

@@
expression N;
@@
(
- nr_retry_pages += nr_pages;
+ nr_retry_pages += 1;
|
- *N += nr_pages;
+ *N += 1;
)
