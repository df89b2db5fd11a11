// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a page leads to the folio that it was part of
//
// The word that leads a tail page to its head is that of the pgmap. It is not
// set.
//
// Breaks: LF-12
// Kills: large_folio_made.page_of_a_huge_device_folio_is_made_anew: assertion or report or hang
// Kernels: from 6.19: no huge pages on a device before
// In: mm/memremap.c: zone_device_page_init

@@
expression F;
@@
- F->pgmap = pgmap;
+ ;
