// SPDX-License-Identifier: GPL-2.0
// Subject: mm: keep the hotplug lock when memory cannot be added
//
// If arch_add_memory() fails, memremap_pages() returns with the lock of memory hotplug
// held. Somebody who moves the error check next to the call would overlook what stands
// in between.
//
// Breaks: ZD-6
// Kills: zone_device_pgmap.refused_range_leaves_nothing_behind: assertion
// In: mm/memremap.c: pagemap_range

@@
@@
- mem_hotplug_done();
  if (error)
  	goto err_add_memory;
+ mem_hotplug_done();
