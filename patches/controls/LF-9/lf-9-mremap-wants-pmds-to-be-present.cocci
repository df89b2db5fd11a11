// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mremap() does not move a huge device page as it is
//
// Only a pmd that is present, or under migration, is taken for huge.
//
// Breaks: LF-9
// Kills: large_folio_use.mremap_moves_a_huge_device_page: hang or report or assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/mremap.c: move_page_tables

@@
@@
- pmd_is_huge(*old_pmd)
+ (pmd_trans_huge(*old_pmd) || pmd_is_migration_entry(*old_pmd))
