// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the order of the folio that a page was part of stays in it
//
// The flags of the second page of a large folio hold its order. They are not
// cleared when that page is handed out alone.
//
// Breaks: LF-12
// Kills: large_folio_made.page_of_a_huge_device_folio_is_made_anew: assertion or report
// Kernels: from 6.19: no huge pages on a device before
// In: mm/memremap.c: zone_device_page_init

@@
expression P;
@@
- P->flags.f &= ~0xffUL;
+ ;
