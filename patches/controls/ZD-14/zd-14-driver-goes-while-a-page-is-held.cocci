// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memremap: drop the pgmap references of GENERIC pages at once
//
// memunmap_pages() drops the references on the pgmap, and not those on the pages, and so it does
// not wait for a page that somebody holds. It has been so from 5.18 on.
//
// Breaks: ZD-14, ZD-7
// Kills: dax_life.device_waits_for_page_in_use: assertion
// Kills: zone_device_type.memunmap_waits_for_generic_page: assertion
// In: mm/memremap.c: pageidle_range
// Variants: dax

@@
@@
- folio_put(pfn_folio(pfn));
+ put_dev_pagemap(pgmap);
