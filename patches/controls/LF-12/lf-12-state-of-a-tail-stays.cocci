// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the mapping of a page that was a tail stays in it
//
// Only the first page of a new folio is cleaned.
//
// Breaks: LF-12
// Kills: large_folio_made.page_of_any_device_folio_is_made_anew: assertion or report
// Kernels: from 6.19: no huge pages on a device before
// In: mm/memremap.c: zone_device_page_init

@@
@@
- new_folio->pgmap = pgmap;
+ if (!i)
+ 	new_folio->pgmap = pgmap;
