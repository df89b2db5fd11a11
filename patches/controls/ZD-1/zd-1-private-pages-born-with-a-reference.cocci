// SPDX-License-Identifier: GPL-2.0
// Subject: mm: give fresh device-private pages a reference
//
// The initial refcount of one is undone for coherent pages only, so that a fresh
// device-private page looks as if somebody had it. A porter who moves the condition to
// the type that he works on would do this.
//
// Breaks: ZD-1
// Kills: zone_device_life.fresh_pages_are_free: assertion
// Kills: zone_device_count.each_page_rests_as_its_type_does: assertion
// In: mm/mm_init.c: __init_zone_device_page

@@
@@
- pgmap->type == MEMORY_DEVICE_PRIVATE || pgmap->type == MEMORY_DEVICE_COHERENT
+ pgmap->type == MEMORY_DEVICE_COHERENT

@@
@@
- set_page_count(page, 0);
+ if (pgmap->type != MEMORY_DEVICE_PRIVATE)
+ 	set_page_count(page, 0);
  break;
