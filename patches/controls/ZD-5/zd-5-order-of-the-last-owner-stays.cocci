// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leave the flags of a device page alone that is handed out
//
// The page has been part of a larger folio, and still says so. Whoever has only seen
// pages that come back as they went takes the mask for a leftover.
//
// Breaks: ZD-5
// Kills: zone_device_map.freed_page_is_handed_out_again: assertion
// In: mm/memremap.c: zone_device_page_init
// Kernels: from 6.19: device pages had no order before

@@
@@
- new_page->flags.f &= ~0xffUL;
