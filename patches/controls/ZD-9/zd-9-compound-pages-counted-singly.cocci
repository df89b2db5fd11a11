// SPDX-License-Identifier: GPL-2.0
// Subject: mm: take a pgmap reference for each page of a compound one
//
// memremap_pages() counts pages where memunmap_pages() counts compound pages, and the
// pgmap never goes away. Somebody who writes the length of a range out, because
// pfn_len() hides the shift, would do this.
//
// Breaks: ZD-9
// Kills: zone_device_type.compound_device_pages_count_once: assertion
// In: mm/memremap.c: pagemap_range

@@
@@
- percpu_ref_get_many(&pgmap->ref, pfn_len(pgmap, range_id));
+ percpu_ref_get_many(&pgmap->ref, pfn_end(pgmap, range_id) -
+ 	    pfn_first(pgmap, range_id));
