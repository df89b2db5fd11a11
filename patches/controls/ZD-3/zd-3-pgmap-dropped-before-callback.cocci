// SPDX-License-Identifier: GPL-2.0
// Subject: mm: drop the pgmap before the free callback
//
// The page gives its pgmap reference back first and tells the driver then, while
// memunmap_pages() may already be tearing the memmap down. Somebody who joins the two
// tests of the memory type would do this.
//
// Breaks: ZD-3
// Kills: zone_device_life.pgmap_outlives_free_callback: assertion
// In: mm/memremap.c: free_zone_device_folio

@@
expression E;
@@
(
+ percpu_ref_put_many(E, nr);
  pgmap->ops->folio_free(folio);
- percpu_ref_put_many(E, nr);
|
+ put_dev_pagemap(E);
  pgmap->ops->page_free(folio_page(folio, 0));
- put_dev_pagemap(E);
)

@@
@@
+ if (folio->page.pgmap->type == MEMORY_DEVICE_PRIVATE ||
+     folio->page.pgmap->type == MEMORY_DEVICE_COHERENT)
+ 	put_dev_pagemap(folio->page.pgmap);
  folio->page.pgmap->ops->page_free(folio_page(folio, 0));
  if (folio->page.pgmap->type != MEMORY_DEVICE_PRIVATE &&
      folio->page.pgmap->type != MEMORY_DEVICE_COHERENT)
  	folio_set_count(folio, 1);
- else
- 	put_dev_pagemap(folio->page.pgmap);
