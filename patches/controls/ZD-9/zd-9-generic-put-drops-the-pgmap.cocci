// SPDX-License-Identifier: GPL-2.0
// Subject: mm: drop a pgmap reference for every kind of device page
//
// The last put of a GENERIC page gives a reference on the pgmap back, which stands for
// the page as long as the pgmap is mapped. Somebody who does away with the special
// cases of free_zone_device_folio() would do this.
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
+ if (folio->page.pgmap->type != MEMORY_DEVICE_PRIVATE &&
+ 	    folio->page.pgmap->type != MEMORY_DEVICE_COHERENT)
+ 		folio_set_count(folio, 1);
+ if (folio->page.pgmap->type != MEMORY_DEVICE_FS_DAX)
+ 	put_dev_pagemap(folio->page.pgmap);

@@
@@
  folio_set_count(folio, 1);
+ percpu_ref_put_many(&pgmap->ref, nr);
  break;
