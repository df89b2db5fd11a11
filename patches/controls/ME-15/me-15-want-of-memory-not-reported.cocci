// SPDX-License-Identifier: GPL-2.0
// Subject: mm: want of memory is forgotten once something has been moved
//
// After the folios that were unmapped already have been moved, migrate_pages() returns
// the number of failures instead of -ENOMEM, so its caller goes on with the next list.
// Whoever sees the count at hand, and no use of the other variable between, writes
// this.
//
// Breaks: ME-15
// Kills: migrate_pages_list.enomem_ends_migration_cleanly: assertion
// In: mm/migrate.c: migrate_pages_batch

@@
@@
- rc = rc_saved ? : nr_failed;
+ rc = nr_failed;
