// SPDX-License-Identifier: GPL-2.0
// Subject: mm: drop the dirty bit of the pte in collect
//
// The folio does not learn that the pte that is replaced was dirty. This is how the
// code was until a data loss was reported.
//
// Breaks: MV-11
// Kills: migrate_vma_collect.dirty_bit_moves_to_folio: assertion
// In: mm/migrate_device.c: migrate_vma_collect_pmd

@@
@@
(
- if (pte_present(pte) && pte_dirty(pte))
- 	folio_mark_dirty(folio);
|
- if (pte_dirty(pte))
- 	folio_mark_dirty(folio);
)
