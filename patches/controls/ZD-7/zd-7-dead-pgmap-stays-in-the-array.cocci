// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leave a dead pgmap in the array
//
// pgmap_array_delete() stores nothing any more, so that the pfns of a range which is
// gone still lead to its pgmap. Somebody who takes the dead percpu_ref to be enough
// for get_dev_pagemap() would do this.
//
// Breaks: ZD-7
// Kills: zone_device_pgmap.pgmap_is_found_by_pfn: assertion
// In: mm/memremap.c: pgmap_array_delete

@@
@@
- xa_store_range(&pgmap_array, PHYS_PFN(range->start), PHYS_PFN(range->end),
- 	NULL, GFP_KERNEL);
