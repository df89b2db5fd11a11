// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mm_init: GENERIC pages begin with a reference of their driver
//
// A page has one reference for the pgmap, and another one for the driver, which knows nothing of
// it.
//
// Breaks: ZD-9, ZD-1
// Kills: zone_device_type.generic_pages_are_counted_exactly: assertion
// In: mm/mm_init.c: __init_zone_device_page

@@
@@
  page->zone_device_data = NULL;
+ if (pgmap->type == MEMORY_DEVICE_GENERIC)
+ 	set_page_count(page, 2);
