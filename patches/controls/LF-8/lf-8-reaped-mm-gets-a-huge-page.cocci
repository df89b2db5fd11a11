// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a huge hole of an mm that is being reaped is filled
//
// The OOM reaper has been there, or is about to.
//
// Breaks: LF-8
// Kills: large_folio_hole.late_huge_page_fills_no_hole: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: migrate_vma_insert_huge_pmd_page

@@
@@
- if (csa_ret)
- 	goto unlock_abort;
