// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mremap() splits a huge device page that it could move whole
//
// It is mapped by ptes at the new address.
//
// Breaks: LF-9
// Kills: large_folio_use.mremap_moves_a_huge_device_page: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/mremap.c: move_page_tables

@@
@@
- if (extent == HPAGE_PMD_SIZE &&
+ if (extent == HPAGE_PMD_SIZE && pmd_present(*old_pmd) &&
      move_pgt_entry(pmc, HPAGE_PMD, old_pmd, new_pmd))
  	continue;
