// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memremap: take a pgmap reference for each reference
//
// Each user of a GENERIC page takes a reference on the pgmap, and the last put drops one of
// them. memunmap_pages() then waits for ever.
//
// Breaks: ZD-15
// Kills: zone_device_type.generic_page_is_idle_again: assertion
// Kills: zone_device_type.generic_pages_are_counted_exactly: assertion
// In: mm/memremap.c: zone_device_folio_get
// Kernels: from 6.15: the group is for kernels from there on
// Group: zone-device-at-zero

@@
@@
- if (folio_ref_inc_return(folio) > 1)
- 	put_dev_pagemap(pgmap);
+ folio_ref_inc(folio);
