// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate: undo what was done without a lock
//
// The folio is locked, which keeps neither fork() nor mremap() away. The flag is RMP_LOCKED or
// TTU_RMAP_LOCKED.
//
// Breaks: ME-7, ME-4
// Kills: migrate_pages_rmap.ptes_change_under_the_rmap_lock: assertion
// In: mm/migrate.c: migrate_folio_undo_src

@@
@@
- remove_migration_ptes(src, src, 0)
+ remove_migration_ptes(src, src, 0x81)
