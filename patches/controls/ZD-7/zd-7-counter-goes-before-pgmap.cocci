// SPDX-License-Identifier: GPL-2.0
// Subject: mm: memunmap_pages() frees the counter before the pgmap
//
// get_dev_pagemap() still finds the pgmap, and works on a counter that is
// gone.
//
// Breaks: ZD-7
// Kills: zone_device_unmap.counter_outlives_pgmap_lookup: assertion
// In: mm/memremap.c: memunmap_pages

@@
@@
  wait_for_completion(&pgmap->done);
+ percpu_ref_exit(&pgmap->ref);
