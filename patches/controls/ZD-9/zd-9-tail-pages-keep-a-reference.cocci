// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leave a reference on the tails of compound device pages
//
// Each tail page of a compound device page starts with a reference of its own.
// Somebody who sees the count set for all device pages elsewhere would take it out
// here.
//
// Breaks: ZD-9
// Kills: zone_device_type.compound_device_pages_count_once: assertion
// In: mm/mm_init.c: memmap_init_compound

@@
@@
- set_page_count(page, 0);
