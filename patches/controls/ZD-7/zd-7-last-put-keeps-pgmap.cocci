// SPDX-License-Identifier: GPL-2.0
// Subject: mm: never drop the pgmap reference of a page
//
// The last put of a coherent page no longer gives its reference on the pgmap back, and
// memunmap_pages() waits for ever. Somebody who knows device-private memory only would
// do this.
//
// Breaks: ZD-7, ZD-3
// Kills: zone_device_life.memunmap_waits_for_last_page: assertion
// In: mm/memremap.c: free_zone_device_folio

@@
expression E;
@@
(
- put_dev_pagemap(E);
+ if (E->type == MEMORY_DEVICE_PRIVATE)
+ 	put_dev_pagemap(E);
|
- percpu_ref_put_many(&E->ref, nr);
+ if (E->type == MEMORY_DEVICE_PRIVATE)
+ 	percpu_ref_put_many(&E->ref, nr);
)
