// SPDX-License-Identifier: GPL-2.0
// Subject: mm: folios that were refused are lost when memory runs out
//
// On the way out for want of memory migrate_pages_sync() does not hand back what the
// first phase has refused, and leaves it on a list on its stack. Whoever adds an early
// return overlooks what the end of the function does.
//
// Breaks: ME-15, ME-5
// Kills: migrate_pages_list.enomem_ends_migration_cleanly: assertion
// In: mm/migrate.c: migrate_pages_sync

@@
@@
- list_splice_tail(&folios, ret_folios);
