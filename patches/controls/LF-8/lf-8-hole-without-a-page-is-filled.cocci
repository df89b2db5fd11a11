// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a hole is filled for which the driver has no page
//
// Of a hole as large as a huge page, only the first page is looked up in dst.
// For the others the folio of no page is asked for.
//
// Breaks: LF-8
// Kills: large_folio_hole.driver_fills_a_huge_hole: assertion or report or hang
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: __migrate_device_pages

@@
expression E;
@@
- !migrate_pfn_to_page(E)
+ false
