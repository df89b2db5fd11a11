// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate_device: refuse to go from device to device
//
// __migrate_device_pages() takes device memory as a destination for system memory
// only. Somebody whose driver never moves pages between its own memories would tighten
// the check like this.
//
// Breaks: MV-16
// Kills: migrate_vma_device.device_page_moves_to_another_device: assertion
// In: mm/migrate_device.c: __migrate_device_pages

@@
statement S;
@@
(
  if (mapping) {
  	if (!folio_test_anon(folio) || !folio_free_swap(folio)) {
  		src_pfns[i] &= ~MIGRATE_PFN_MIGRATE;
  		goto next;
  	}
  }
+ if (folio_is_zone_device(folio)) {
+ 	src_pfns[i] &= ~MIGRATE_PFN_MIGRATE;
+ 	goto next;
+ }
|
  if (mapping) S
+ if (folio_is_zone_device(folio)) {
+ 	src_pfns[i] &= ~MIGRATE_PFN_MIGRATE;
+ 	continue;
+ }
)
