// SPDX-License-Identifier: GPL-2.0
// Subject: mm: count pages that the driver has reserved for itself
//
// pfn_len() counts the pages of the whole range, even those that the driver keeps for
// itself, and as many references are taken on the pgmap. Somebody who sees the length
// of a range written out the long way would do this.
//
// Breaks: ZD-1
// Kills: zone_device_pgmap.reserved_pages_are_no_device_pages: assertion
// In: mm/memremap.c: pfn_len

@@
@@
- return (pfn_end(pgmap, range_id) -
- 	pfn_first(pgmap, range_id)) >> pgmap->vmemmap_shift;
+ return PHYS_PFN(range_len(&pgmap->ranges[range_id])) >>
+ 	       pgmap->vmemmap_shift;
