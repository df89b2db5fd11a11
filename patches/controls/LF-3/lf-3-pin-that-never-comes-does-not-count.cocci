// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate: undo the count of a split that is tried again
//
// It is undone for good, should the last try fail.
//
// Breaks: LF-3
// Kills: large_folio_count.huge_page_that_stays_is_counted_once: assertion
// In: mm/migrate.c: migrate_pages_batch

@@
expression E;
@@
  retry++;
- thp_retry += is_thp;
  nr_retry_pages += nr_pages;
  nr_failed--;
