// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memremap: take the pgmap reference after that to the page
//
// A page gets its first reference, and then one on the pgmap. If its last user leaves between the
// two, the wrong one of them is dropped.
//
// Breaks: ZD-15
// Kills: zone_device_type.memunmap_waits_for_generic_page: assertion
// In: mm/memremap.c: zone_device_folio_get
// Matches: 2
// Kernels: from 6.15: the group is for kernels from there on
// Group: zone-device-at-zero

@@
@@
- if (!percpu_ref_tryget_live(&pgmap->ref))
+ if (folio_ref_inc_return(folio) > 1)
+ 	return true;
+
+ if (!percpu_ref_tryget_live(&pgmap->ref))
  	return false;

@@
@@
- if (folio_ref_inc_return(folio) > 1)
- 	put_dev_pagemap(pgmap);
