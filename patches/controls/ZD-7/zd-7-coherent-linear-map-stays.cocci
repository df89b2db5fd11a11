// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leave coherent memory in the linear map
//
// memunmap_pages() removes coherent memory as if it were device-private, and what the
// CPU could address of it stays mapped. Both types stand side by side in every other
// test of this file: somebody would make it so here.
//
// Breaks: ZD-7
// Kills: zone_device_unmap.linear_map_goes_with_pgmap: assertion
// In: mm/memremap.c: pageunmap_range

@@
@@
- pgmap->type == MEMORY_DEVICE_PRIVATE
+ pgmap->type == MEMORY_DEVICE_PRIVATE ||
+ 	    pgmap->type == MEMORY_DEVICE_COHERENT
