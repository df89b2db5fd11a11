// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the reference of a fault keeps a huge page from being split
//
// The driver has single pages only, and cannot bring any of them back.
//
// Breaks: LF-8 LF-10
// Kills: large_folio_device.fault_brings_huge_page_back_page_by_page: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: migrate_vma_split_unmapped_folio
// Matches: 2

@@
@@
- if (fault)
- 	folio_put(folio);

@@
@@
- if (fault)
- 	folio_get(...);
