// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a migration entry forgets the soft-dirty bit
//
// The entry that takes the place of a pte is made of the pfn and the permissions alone.
// Whoever adds a kind of entry may forget the bits that are in no entry, but beside it.
//
// Breaks: WP-1
// Kills: soft_bits_entry.migration_carries_bits: assertion
// In: mm/rmap.c: try_to_migrate_one

@@
@@
- if (pte_soft_dirty(pteval))
- 	swp_pte = pte_swp_mksoft_dirty(swp_pte);
