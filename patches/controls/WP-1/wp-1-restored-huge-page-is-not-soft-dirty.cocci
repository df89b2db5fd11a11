// SPDX-License-Identifier: GPL-2.0
// Subject: mm: no migrated huge page is soft-dirty
//
// As for a small page.
//
// Breaks: WP-1
// Kills: soft_bits_huge.failed_huge_migration_puts_bits_back: assertion
// In: mm/huge_memory.c: remove_migration_pmd

@@
@@
- pmde = pmd_mksoft_dirty(pmde);
+ pmde = pmd_clear_soft_dirty(pmde);
