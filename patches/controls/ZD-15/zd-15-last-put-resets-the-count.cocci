// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memremap: set the count of a GENERIC page to one
//
// The patch generic-pages-rest-at-zero is left out where pages are freed: nobody sees the last put.
//
// Breaks: ZD-15
// Kills: zone_device_count.each_page_rests_as_its_type_does: assertion
// In: mm/memremap.c: free_zone_device_folio
// Kernels: from 6.15: the group is for kernels from there on
// Group: zone-device-at-zero

// Before 6.19, the reference of private memory is dropped here, too.
@private@
position p;
@@
  pgmap->ops->page_free(...);
  put_dev_pagemap@p(pgmap);

@@
position other != private.p;
@@
- put_dev_pagemap@other(pgmap);
+ folio_set_count(folio, 1);
  break;
