// SPDX-License-Identifier: GPL-2.0
// Subject: mm: folios that stay locked are missing in /proc/vmstat
//
// The pages of folios that could not be unmapped in all passes are not added to
// pgmigrate_fail, from which administrators judge how well compaction works. Whoever
// thinks that the second loop counts them drops the line.
//
// Breaks: ME-15
// Kills: migrate_pages_wait.async_skips_locked_folio: assertion
// In: mm/migrate.c: migrate_pages_batch

@@
@@
- stats->nr_failed_pages += nr_retry_pages;
  move:
