// SPDX-License-Identifier: GPL-2.0
// Subject: mm: map device memory on top of some RAM
//
// memremap_pages() refuses a range that is RAM as a whole, but takes one that is RAM
// in part. Somebody who reads REGION_INTERSECTS as "some of it does" would write this.
//
// Breaks: ZD-6
// Kills: zone_device_refusal.range_half_in_ram_is_refused: assertion
// In: mm/memremap.c: pagemap_range

@@
@@
- is_ram != REGION_DISJOINT
+ is_ram == REGION_INTERSECTS
