// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a huge hole is filled though userfaultfd wants to know of it
//
// The monitor never hears of the page.
//
// Breaks: LF-8
// Kills: large_folio_hole.late_huge_page_fills_no_hole: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: migrate_vma_insert_huge_pmd_page

@@
@@
- if (userfaultfd_missing(vma))
- 	goto unlock_abort;
