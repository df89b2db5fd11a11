// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leave a stale mapping on free device pages
//
// free_zone_device_folio() clears folio->mapping only after the driver has been told,
// which may hand the page out from within the callback. Somebody who tidies up so that
// all resets stand together at the end would do this.
//
// Breaks: ZD-3
// Kills: zone_device_life.last_put_frees_once: assertion
// In: mm/memremap.c: free_zone_device_folio

@@
@@
- folio->mapping = NULL;
  folio->page.pgmap->ops->page_free(folio_page(folio, 0));
+ folio->mapping = NULL;

@@
@@
- if (pgmap->type != MEMORY_DEVICE_FS_DAX &&
-     pgmap->type != MEMORY_DEVICE_GENERIC)
- 	folio->mapping = NULL;
  switch (pgmap->type) {
  case MEMORY_DEVICE_PRIVATE:
  case MEMORY_DEVICE_COHERENT:
  	if (WARN_ON_ONCE(!pgmap->ops || !pgmap->ops->folio_free))
  		break;
  	pgmap->ops->folio_free(folio);
+ 	folio->mapping = NULL;
  	...
  }

@@
@@
- if (pgmap->type != MEMORY_DEVICE_FS_DAX &&
-     pgmap->type != MEMORY_DEVICE_GENERIC)
- 	folio->mapping = NULL;
  switch (pgmap->type) {
  case MEMORY_DEVICE_PRIVATE:
  case MEMORY_DEVICE_COHERENT:
  	if (WARN_ON_ONCE(!pgmap->ops || !pgmap->ops->page_free))
  		break;
  	pgmap->ops->page_free(folio_page(folio, 0));
+ 	folio->mapping = NULL;
  	...
  }
