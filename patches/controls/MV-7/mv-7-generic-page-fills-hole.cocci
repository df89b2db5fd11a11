// SPDX-License-Identifier: GPL-2.0
// Subject: mm: fill holes from any kind of device memory
//
// migrate_vma_insert_page() maps a page of device-dax where there was none: an
// anonymous page that its driver still uses. Somebody who thinks that the check is
// done by migrate_vma_pages() would drop this one.
//
// Breaks: MV-7
// Kills: migrate_vma_device.generic_page_is_no_destination: assertion
// In: mm/migrate_device.c: migrate_vma_insert_page

@@
@@
- if (folio_is_zone_device(folio) &&
-     !folio_is_device_coherent(folio)) {
- 	pr_warn_once("Unsupported ZONE_DEVICE page type.\n");
- 	goto abort;
- }
