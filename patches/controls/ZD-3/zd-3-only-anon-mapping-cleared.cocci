// SPDX-License-Identifier: GPL-2.0
// Subject: mm: clear the mapping of anonymous device pages only
//
// free_zone_device_folio() leaves the mapping alone of a page that was not anonymous,
// and the next owner inherits it. Somebody who reads the comment, which has anonymous
// folios as its example, would move the line.
//
// Breaks: ZD-3
// Kills: zone_device_life.stale_mapping_is_cleared: assertion
// In: mm/memremap.c: free_zone_device_folio

@@
@@
(
- folio->mapping = NULL;
+ if (folio_test_anon(folio))
+ 	folio->mapping = NULL;
  folio->page.pgmap->ops->page_free(folio_page(folio, 0));
|
  if (
- pgmap->type != MEMORY_DEVICE_FS_DAX && pgmap->type != MEMORY_DEVICE_GENERIC
+ folio_test_anon(folio)
  )
  	folio->mapping = NULL;
)
