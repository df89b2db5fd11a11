// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memremap: a reference to a GENERIC page alone
//
// The patch get-a-free-folio does half of its work: the first reference takes none on the
// pgmap. The last put drops it all the same.
//
// Breaks: ZD-15
// Kills: zone_device_type.generic_page_is_idle_again: assertion
// In: mm/memremap.c: zone_device_folio_get
// Kernels: from 6.15: the group is for kernels from there on
// Group: zone-device-at-zero

@@
@@
- if (folio_ref_inc_return(folio) > 1)
- 	put_dev_pagemap(pgmap);
+ folio_ref_inc(folio);
+ put_dev_pagemap(pgmap);
