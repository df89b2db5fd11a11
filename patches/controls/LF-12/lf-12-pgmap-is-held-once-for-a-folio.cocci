// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a huge device folio holds its pgmap once
//
// It drops one reference for each page when it is free.
//
// Breaks: LF-12, LF-11
// Kills: large_folio_made.page_of_a_huge_device_folio_is_made_anew: assertion or report or hang
// Kernels: from 6.19: no huge pages on a device before
// In: mm/memremap.c: zone_device_page_init

@@
expression E;
@@
- percpu_ref_tryget_many(E, 1 << order)
+ percpu_ref_tryget_many(E, 1)
