// SPDX-License-Identifier: GPL-2.0
// Subject: mm: take pgmap references for the pages of the first range only
//
// A pgmap of several ranges is held by the pages of the first one alone, while
// memunmap_pages() drops references for all of them. Somebody who moves what is to be
// done once per pgmap out of the way would do this.
//
// Breaks: ZD-9, ZD-7
// Kills: zone_device_refusal.every_generic_page_holds_pgmap: assertion
// In: mm/memremap.c: pagemap_range

@@
@@
- pgmap->type != MEMORY_DEVICE_PRIVATE &&
- 	    pgmap->type != MEMORY_DEVICE_COHERENT
+ !range_id && pgmap->type != MEMORY_DEVICE_PRIVATE &&
+ 	    pgmap->type != MEMORY_DEVICE_COHERENT
