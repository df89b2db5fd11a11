// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate: count what has failed for good
//
// A huge page that was tried again and again has failed as well in the end.
//
// Breaks: LF-3
// Kills: large_folio_count.huge_page_that_stays_is_counted_once: assertion
// In: mm/migrate.c: migrate_pages_batch
// Matches: 2
// Kernels: before 6.14: the loop that moves is a function of its own since

@@
@@
  retry++;
- thp_retry += is_thp;
  nr_retry_pages += nr_pages;
  break;
