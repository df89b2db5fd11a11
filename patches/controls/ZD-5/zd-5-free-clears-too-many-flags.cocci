// SPDX-License-Identifier: GPL-2.0
// Subject: mm: clear all flags of a device page that is freed
//
// free_zone_device_folio() clears what the page allocator clears of a page that it
// hands out, PG_reserved among it, which a device page has as long as there is one.
// Somebody who wants nothing of the last owner to be left would take the ready-made
// mask.
//
// Breaks: ZD-5
// Kills: zone_device_map.freed_page_is_handed_out_again: assertion
// In: mm/memremap.c: free_zone_device_folio

@@
statement S;
@@
(
  folio->mapping = NULL;
+ folio->flags &= ~PAGE_FLAGS_CHECK_AT_PREP;
  folio->page.pgmap->ops->page_free(folio_page(folio, 0));
|
  if (pgmap->type != MEMORY_DEVICE_FS_DAX && pgmap->type != MEMORY_DEVICE_GENERIC) S
+ folio->flags.f &= ~PAGE_FLAGS_CHECK_AT_PREP;
)
