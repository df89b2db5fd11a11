// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memremap: take a pgmap reference for each page
//
// The patch references-of-free-pages is left out: pages that nobody uses hold references on the
// pgmap, which memunmap_pages() has to drop ahead of its wait.
//
// Breaks: ZD-15
// Kills: zone_device_count.each_page_rests_as_its_type_does: assertion
// In: mm/memremap.c: memunmap_pages, pagemap_range
// Matches: 2
// Kernels: from 6.15: the group is for kernels from there on
// Group: zone-device-at-zero

@@
@@
  percpu_ref_kill(&pgmap->ref);
+ if (pgmap->type != MEMORY_DEVICE_PRIVATE &&
+     pgmap->type != MEMORY_DEVICE_COHERENT)
+ 	for (i = 0; i < pgmap->nr_range; i++)
+ 		percpu_ref_put_many(&pgmap->ref,
+ 				    PHYS_PFN(range_len(&pgmap->ranges[i])) >>
+ 				    pgmap->vmemmap_shift);

@@
@@
+ if (pgmap->type != MEMORY_DEVICE_PRIVATE &&
+     pgmap->type != MEMORY_DEVICE_COHERENT)
+ 	percpu_ref_get_many(&pgmap->ref, PHYS_PFN(range_len(range)) >>
+ 			    pgmap->vmemmap_shift);
  return 0;
