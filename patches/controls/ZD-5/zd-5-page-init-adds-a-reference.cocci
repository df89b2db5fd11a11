// SPDX-License-Identifier: GPL-2.0
// Subject: mm: add a reference to what is there
//
// zone_device_page_init() adds a reference to those that the page has, rather than
// setting the count to one, and free puts a one back as for FS_DAX. Somebody who joins
// the branches at the end of free_zone_device_folio() would do this.
//
// In later kernels CONFIG_DEBUG_VM notices first: it warns when a page is handed out that
// has a reference.
//
// Breaks: ZD-5
// Kills: zone_device_map.freed_page_is_handed_out_again: assertion or report
// In: mm/memremap.c: free_zone_device_folio

@@
expression E;
@@
(
  percpu_ref_put_many(E, nr);
- break;
+ fallthrough;
|
+ folio_set_count(folio, 1);
  put_dev_pagemap(E);
)
