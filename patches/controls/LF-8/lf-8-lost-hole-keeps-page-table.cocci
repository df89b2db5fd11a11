// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a page table is lost when a huge page is not inserted
//
// It was allocated to be deposited with the pmd. When the hole has been
// filled meanwhile, nobody frees it.
//
// Breaks: LF-8
// Kills: large_folio_hole.late_huge_page_fills_no_hole: assertion or report
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: migrate_vma_insert_huge_pmd_page

@@
@@
  free_abort:
- pte_free(vma->vm_mm, pgtable);
