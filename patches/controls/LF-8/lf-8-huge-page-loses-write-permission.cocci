// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a writable huge page is collected as a read-only one
//
// The driver maps it read-only on its side.
//
// Breaks: LF-8
// Kills: large_folio_device.huge_page_is_collected_as_one: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: migrate_vma_collect_huge_pmd

@@
@@
  if (pmd_write(*pmdp))
- 	write = MIGRATE_PFN_WRITE;
+ 	write = 0;
