// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate_device: end a huge hole at a page
//
// The hole is filled page by page. Somebody was faster with one of them, and those
// behind it stay empty.
//
// Breaks: LF-8
// Kills: large_folio_hole.late_pages_fill_the_rest_of_a_huge_hole: assertion
// Kernels: from 6.19: a device has no huge pages before
// In: mm/migrate_device.c: __migrate_device_pages

@@
expression A, D, S;
@@
  migrate_vma_insert_page(migrate, A, D, S);
+ if (!(src_pfns[i + j] & MIGRATE_PFN_MIGRATE)) break;
