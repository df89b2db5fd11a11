// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a huge page is collected whole though only a part is asked for
//
// The range begins with it, and ends inside.
//
// Breaks: LF-8 LF-5
// Kills: large_folio_collect.part_of_huge_page_is_offered_in_pieces: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: migrate_vma_collect_huge_pmd

@@
@@
- IS_ALIGNED(end, HPAGE_PMD_SIZE)
+ 1
