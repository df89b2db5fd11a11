// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the entry of a huge page that is pinned is left in the array
//
// The page is split, if it can be, and collected once more behind it.
//
// Breaks: LF-8
// Kills: large_folio_collect.huge_page_that_is_kept_is_not_offered: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: migrate_vma_collect_huge_pmd

@@
@@
  if (ret) {
- 	migrate->npages--;
  	...
  }
