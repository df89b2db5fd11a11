// SPDX-License-Identifier: GPL-2.0
// Subject: mm: free P2PDMA pages as private ones are
//
// The last put of a P2PDMA page leaves it without a reference and drops one on the
// pgmap that the page has never taken. Somebody who lists the types that still count
// from one would forget this one.
//
// Breaks: ZD-3
// Kills: zone_device_type.p2pdma_page_goes_back_to_driver: assertion
// In: mm/memremap.c: free_zone_device_folio

@@
@@
- folio->page.pgmap->type != MEMORY_DEVICE_PRIVATE &&
-     folio->page.pgmap->type != MEMORY_DEVICE_COHERENT
+ folio->page.pgmap->type == MEMORY_DEVICE_GENERIC ||
+     folio->page.pgmap->type == MEMORY_DEVICE_FS_DAX

@@
@@
  pgmap->ops->folio_free(folio);
+ percpu_ref_put_many(&pgmap->ref, nr);
  break;

@@
@@
  pgmap->ops->page_free(folio_page(folio, 0));
+ put_dev_pagemap(pgmap);
  break;
