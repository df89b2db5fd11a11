// SPDX-License-Identifier: GPL-2.0
// Subject: mm: restore huge pages as the VMA has it
//
// remove_migration_pmd() makes the pmd from the protection of the VMA and forgets that
// the entry knows whether it was young.
//
// Breaks: ME-4
// Kills: huge_page_entry.round_trip_keeps_pmd: assertion
// In: mm/huge_memory.c: remove_migration_pmd

@@
@@
(
- if (!softleaf_is_migration_young(entry))
- 	pmde = pmd_mkold(pmde);
|
- if (!is_migration_entry_young(entry))
- 	pmde = pmd_mkold(pmde);
)
