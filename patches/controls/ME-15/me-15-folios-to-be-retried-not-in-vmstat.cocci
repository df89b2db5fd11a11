// SPDX-License-Identifier: GPL-2.0
// Subject: mm: folios that were to be tried again are not counted when memory runs out
//
// When there is no destination, only the folio at hand is added to pgmigrate_fail, and
// not those of this pass which were to have another one and now do not get it. Whoever
// reads the sum as counting something twice takes one of the two off.
//
// Breaks: ME-15
// Kills: migrate_pages_list.enomem_ends_migration_cleanly: assertion
// In: mm/migrate.c: migrate_pages_batch

@@
@@
- stats->nr_failed_pages += nr_pages + nr_retry_pages;
+ stats->nr_failed_pages += nr_pages;
