// SPDX-License-Identifier: GPL-2.0
// Subject: mm: every migrated page comes back young
//
// The accessed bit is no longer cleared for old pages, so reclaim takes every migrated
// page for a working one. Whoever thinks that mk_pte() gives an old pte drops the two
// lines.
//
// Breaks: ME-4
// Kills: migration_entry_unmap.restore_maps_new_folio: assertion
// In: mm/migrate.c: remove_migration_pte

@@
@@
(
- if (!softleaf_is_migration_young(entry))
- 	pte = pte_mkold(pte);
|
- if (!is_migration_entry_young(entry))
- 	pte = pte_mkold(pte);
)
