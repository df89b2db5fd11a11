// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a hole that has been filled meanwhile is filled once more
//
// It is not looked at again under the page table lock.
//
// Breaks: LF-8
// Kills: large_folio_hole.late_huge_page_fills_no_hole: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: migrate_vma_insert_huge_pmd_page

@@
@@
- !pmd_none(*pmdp)
+ false
