// SPDX-License-Identifier: GPL-2.0
// Subject: mm: look for the dirty bit in entries of device-private pages
//
// migrate_vma_collect_pmd() asks a pte that is not present whether it is dirty, and
// gets some bit of the swap type for an answer. Somebody who thinks that an entry is
// never dirty would drop the check of pte_present().
//
// Breaks: MV-11
// Kills: migrate_vma_collect.dirty_bit_moves_to_folio: assertion
// In: mm/migrate_device.c: migrate_vma_collect_pmd

@@
@@
- pte_present(pte) && pte_dirty(pte)
+ pte_dirty(pte)
