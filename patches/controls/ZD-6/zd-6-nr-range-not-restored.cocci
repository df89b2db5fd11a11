// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leave the pgmap of a refused range without ranges
//
// When memremap_pages() fails, nr_range says how many ranges had been mapped by then,
// rather than how many there are. Whoever tidies up the error path would do this: the
// driver seems to be done with the pgmap.
//
// Breaks: ZD-6
// Kills: zone_device_pgmap.refused_range_leaves_nothing_behind: assertion
// In: mm/memremap.c: memremap_pages

@@
@@
- pgmap->nr_range = nr_range;
