// SPDX-License-Identifier: GPL-2.0
// Subject: mm: memunmap_pages() leaves the linear map
//
// The memory map is taken away, but not what the architecture has mapped.
//
// Breaks: ZD-7
// Kills: zone_device_unmap.linear_map_goes_with_pgmap: assertion
// In: mm/memremap.c: pageunmap_range

@@
expression E1, E2, E3, E4;
@@
(
- arch_remove_memory(E1, E2, E3, E4);
+ __remove_pages(PHYS_PFN(range->start), PHYS_PFN(range_len(range)), pgmap_altmap(pgmap), pgmap);
|
- arch_remove_memory(E1, E2, E3);
+ __remove_pages(PHYS_PFN(range->start), PHYS_PFN(range_len(range)), pgmap_altmap(pgmap));
)
