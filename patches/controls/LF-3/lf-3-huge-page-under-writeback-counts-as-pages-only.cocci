// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate: count huge pages when they are tried again
//
// One that fails for good is not.
//
// Breaks: LF-3
// Kills: large_folio_count.huge_page_that_stays_is_counted_once: assertion
// In: mm/migrate.c: migrate_pages_batch
// Kernels: from 6.14: the loop that moves is in the same function before

@@
@@
  nr_failed++;
- stats->nr_thp_failed += is_thp;
+ stats->nr_thp_failed += !is_thp;
  stats->nr_failed_pages += nr_pages;
