// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate: do not lock the reverse mapping twice
//
// It was locked when the entries were set, but not since: fork() copies an entry to a child
// that the walk has been at already. The flag is RMP_LOCKED or TTU_RMAP_LOCKED.
//
// Breaks: ME-7, ME-4
// Kills: migrate_pages_rmap.ptes_change_under_the_rmap_lock: assertion
// In: mm/migrate.c: migrate_folio_move

@@
@@
- remove_migration_ptes(src, dst, 0)
+ remove_migration_ptes(src, dst, 0x81)
