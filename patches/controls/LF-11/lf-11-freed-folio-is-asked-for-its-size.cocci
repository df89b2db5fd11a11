// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a freed device folio is asked how many pages it has
//
// The driver may have made something else of it.
//
// Breaks: LF-11 LF-12
// Kills: large_folio_made.huge_folio_is_the_drivers_once_it_is_free: assertion or report
// Kernels: from 6.19: no huge pages on a device before
// In: mm/memremap.c: free_zone_device_folio

@@
@@
- percpu_ref_put_many(&pgmap->ref, nr);
+ percpu_ref_put_many(&pgmap->ref, folio_nr_pages(folio));
