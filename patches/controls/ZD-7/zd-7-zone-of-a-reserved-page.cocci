// SPDX-License-Identifier: GPL-2.0
// Subject: mm: memunmap_pages() asks a page of the altmap for its zone
//
// The first page of the range is the driver's own, and its struct page has
// never been initialised. Without an altmap nobody can tell the difference.
//
// Breaks: ZD-7
// Kills: zone_device_pgmap.reserved_pages_are_no_device_pages: assertion or report
// In: mm/memremap.c: pageunmap_range

@@
@@
- pfn_to_page(pfn_first(pgmap, range_id))
+ pfn_to_page(PHYS_PFN(range->start))
