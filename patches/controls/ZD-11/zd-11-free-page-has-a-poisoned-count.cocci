// SPDX-License-Identifier: GPL-2.0
// Subject: mm: poison the count of a device page that is free
//
// free_zone_device_folio() leaves a large negative count behind, meant to stand out in
// a dump, and the check of put_page() for zero no longer sees a second put. Somebody
// who has a double put to find would try this.
//
// Breaks: ZD-11
// Kills: zone_device_put.double_put_is_caught: report
// In: mm/memremap.c: free_zone_device_folio

@@
expression E;
@@
(
+ folio_set_count(folio, INT_MIN / 2);
  percpu_ref_put_many(E, nr);
|
+ folio_set_count(folio, INT_MIN / 2);
  put_dev_pagemap(E);
)
