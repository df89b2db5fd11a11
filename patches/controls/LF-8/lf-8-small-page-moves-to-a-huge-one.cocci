// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a small page may have a huge page as destination
//
// The two are not compared.
//
// Breaks: LF-8
// Kills: large_folio_collect.huge_page_for_a_small_one_is_refused: report
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: __migrate_device_pages

@@
@@
- !(src_pfns[i] & MIGRATE_PFN_COMPOUND)
+ 0
