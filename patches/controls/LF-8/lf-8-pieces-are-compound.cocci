// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the pieces of a huge page count as compound
//
// Each of them then stands for 512 pages.
//
// Breaks: LF-8
// Kills: large_folio_collect.part_of_huge_page_is_offered_in_pieces: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: migrate_device_unmap

@@
@@
- if (nr > 1)
+ if (nr > 0)
  	src_pfns[i] |= MIGRATE_PFN_COMPOUND;
