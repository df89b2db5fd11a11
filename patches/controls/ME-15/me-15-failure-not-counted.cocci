// SPDX-License-Identifier: GPL-2.0
// Subject: mm: migrate_pages() does not count folios that it gave up
//
// Folios that could not be moved within all passes are left out of the return value,
// so the caller believes that the list has been dealt with. Whoever takes the counter
// for one of retries only drops the line.
//
// Breaks: ME-15
// Kills: migrate_pages_refuse.referenced_folio_is_put_back: assertion
// Kills: migrate_pages_list.mixed_list_is_counted: assertion
// In: mm/migrate.c: migrate_pages_batch

@@
@@
- nr_failed += retry;
  stats->nr_thp_failed += thp_retry;
  stats->nr_failed_pages += nr_retry_pages;
  rc = rc_saved ? : nr_failed;
