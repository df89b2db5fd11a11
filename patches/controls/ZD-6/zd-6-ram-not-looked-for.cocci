// SPDX-License-Identifier: GPL-2.0
// Subject: mm: map device memory on top of RAM
//
// memremap_pages() refuses a range that is RAM in part, but takes one that is RAM as a
// whole. Somebody who tests for the one bad result of region_intersects() rather than
// for the one good one would write this.
//
// Breaks: ZD-6
// Kills: zone_device_refusal.misuse_is_refused: assertion
// In: mm/memremap.c: pagemap_range

@@
@@
- is_ram != REGION_DISJOINT
+ is_ram == REGION_MIXED
