// SPDX-License-Identifier: GPL-2.0
// Subject: mm: map the driver's page over one that came first
//
// migrate_vma_insert_page() does not look at what stands in the pte by now. Made by
// someone who trusts what collect has seen.
//
// Breaks: MV-7
// Kills: migrate_vma_hole.late_page_in_hole_stays: assertion
// In: mm/migrate_device.c: migrate_vma_insert_page

@@
@@
- if (!is_zero_pfn(pfn))
- 	goto unlock_abort;
