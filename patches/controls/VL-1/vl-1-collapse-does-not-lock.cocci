// SPDX-License-Identifier: GPL-2.0
// Subject: mm: collapse a huge page without locking the VMA
//
// The page table is taken out of the pmd, while a fault may be in it.
//
// Breaks: VL-1
// Kills: vma_life_change.changed_vma_was_write_locked: assertion or report
// In: mm/khugepaged.c: collapse_huge_page

@@
@@
- vma_start_write(vma);
