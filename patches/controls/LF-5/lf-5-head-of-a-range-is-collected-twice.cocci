// SPDX-License-Identifier: GPL-2.0
// Subject: mm: what lies before a folio that was split is collected twice
//
// After the split the pmd is looked at again, and if there is no page table
// any more, all of the range counts as a hole, or is skipped: also what has
// been collected already. The entries do not fit into the arrays.
//
// Breaks: LF-5
// Kills: large_folio_race.setup_minds_a_page_table_that_changes: assertion or report or hang
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: migrate_vma_collect_pmd

@@
@@
- migrate_vma_collect_huge_pmd(pmdp, addr, end, walk, fault_folio)
+ migrate_vma_collect_huge_pmd(pmdp, start, end, walk, fault_folio)
