// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the entry of a huge page forgets the soft-dirty bit
//
// As for a small page.
//
// Breaks: WP-1
// Kills: soft_bits_huge.huge_migration_carries_bits: assertion
// In: mm/huge_memory.c: set_pmd_migration_entry

@@
expression E;
@@
- if (E)
- 	pmdswp = pmd_swp_mksoft_dirty(pmdswp);
