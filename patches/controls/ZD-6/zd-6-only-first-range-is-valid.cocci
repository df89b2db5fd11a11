// SPDX-License-Identifier: GPL-2.0
// Subject: mm: only the first range of a pgmap is looked at
//
// Most drivers have one.
//
// Breaks: ZD-6
// Kills: zone_device_unmap.pfn_is_valid_in_its_ranges: assertion
// Kills: zone_device_pgmap.ranges_come_and_go_together: assertion
// In: mm/memremap.c: pgmap_pfn_valid

@@
@@
- i < pgmap->nr_range
+ i < 1
