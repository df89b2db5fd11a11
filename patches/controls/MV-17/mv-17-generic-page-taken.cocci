// SPDX-License-Identifier: GPL-2.0
// Subject: mm: migrate into any kind of device memory
//
// migrate_vma_pages() no longer refuses a destination in memory of device- dax, whose
// pages cannot be anonymous. Somebody who thinks that a driver knows its own pages
// would drop the check.
//
// Breaks: MV-17
// Kills: migrate_vma_device.generic_page_is_no_destination: assertion
// In: mm/migrate_device.c: __migrate_device_pages

@@
@@
  if (folio_is_zone_device(newfolio)) {
- 	src_pfns[i] &= ~MIGRATE_PFN_MIGRATE;
(
- 	continue;
|
- 	goto next;
)
  }
