// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memremap: set the count of a GENERIC page to one
//
// The patch generic-pages-rest-at-zero is left out where pages are freed: nobody sees the last put.
//
// Breaks: ZD-15
// Kills: zone_device_count.each_page_rests_as_its_type_does: assertion
// In: mm/memremap.c: free_zone_device_folio
// Kernels: from 6.19: private memory drops its references in another way since
// Group: zone-device-at-zero

@@
@@
- put_dev_pagemap(pgmap);
+ folio_set_count(folio, 1);
  break;
