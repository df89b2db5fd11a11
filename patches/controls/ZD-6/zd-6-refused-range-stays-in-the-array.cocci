// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leave a refused range in the pgmap array
//
// The pfns of a range that memremap_pages() has refused go on to lead to the pgmap,
// and work again once that is used for another range. Somebody who thinks that
// memunmap_pages() does this for all ranges would take it out.
//
// Breaks: ZD-6
// Kills: no_memory.memremap_fails_without_memory: assertion
// Kills: zone_device_pgmap.refused_range_leaves_nothing_behind: assertion
// In: mm/memremap.c: pagemap_range

@@
@@
- pgmap_array_delete(range);
