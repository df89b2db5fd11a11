// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not look for pins of device pages
//
// migrate_vma_check_page() lets every ZONE_DEVICE page pass, whoever holds a
// reference. Somebody who thinks that only the driver can get at such a page would
// take the shortcut.
//
// Breaks: MW-12
// Kills: migration_wait_pinned.setup_refuses_pinned_device_page: assertion
// In: mm/migrate_device.c: migrate_vma_check_page

@@
statement S;
@@
+ if (folio_is_zone_device(folio))
+ 	return true;
  if (folio_mapping(folio)) S
