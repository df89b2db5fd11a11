// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the last page frame of a range does not belong to its pgmap
//
// The end of a struct range is the last address, and not the one behind it.
//
// Breaks: ZD-6
// Kills: zone_device_unmap.pfn_is_valid_in_its_ranges: assertion
// In: mm/memremap.c: pgmap_pfn_valid

@@
@@
- pfn <= PHYS_PFN(range->end)
+ pfn < PHYS_PFN(range->end)
