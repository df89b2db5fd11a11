// SPDX-License-Identifier: GPL-2.0
// Subject: mm: an entry does not remember that its pte was young
//
// The accessed bit is not stored in the entry, so every migrated page looks idle to
// reclaim. Whoever ports an older version of the function leaves the line out.
//
// Breaks: ME-3, ME-4
// Kills: migration_entry_unmap.unmap_records_pte: assertion
// In: mm/rmap.c: try_to_migrate_one

@@
@@
- if (pte_young(pteval))
- 	entry = make_migration_entry_young(entry);
