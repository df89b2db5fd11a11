// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leave a GENERIC page that comes back without a reference
//
// The last put of a page of GENERIC memory leaves its count at zero, while its pgmap
// and its driver still count from one. Somebody who converts all but FS_DAX to free at
// zero, and forgets what memmap_init_zone_device() sets, would do this.
//
// Breaks: ZD-9
// Kills: zone_device_type.generic_page_is_idle_again: assertion
// In: mm/memremap.c: free_zone_device_folio

@@
@@
- if (folio->page.pgmap->type != MEMORY_DEVICE_PRIVATE &&
- 	    folio->page.pgmap->type != MEMORY_DEVICE_COHERENT)
- 		folio_set_count(folio, 1);
- 	else
- 		put_dev_pagemap(folio->page.pgmap);
+ if (folio->page.pgmap->type == MEMORY_DEVICE_PRIVATE ||
+ 	    folio->page.pgmap->type == MEMORY_DEVICE_COHERENT)
+ 		put_dev_pagemap(folio->page.pgmap);

@@
@@
- folio_set_count(folio, 1);
  break;
