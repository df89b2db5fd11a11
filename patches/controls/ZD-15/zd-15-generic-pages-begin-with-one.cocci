// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mm_init: let GENERIC pages begin with a reference
//
// The patch generic-pages-rest-at-zero is left out where pages begin.
//
// Breaks: ZD-15
// Kills: zone_device_count.each_page_rests_as_its_type_does: assertion
// In: mm/mm_init.c: __init_zone_device_page
// Kernels: from 6.15: the group is for kernels from there on
// Group: zone-device-at-zero

@@
@@
+ if (pgmap->type != MEMORY_DEVICE_GENERIC)
  set_page_count(page, 0);
