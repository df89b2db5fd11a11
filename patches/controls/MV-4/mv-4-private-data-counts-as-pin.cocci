// SPDX-License-Identifier: GPL-2.0
// Subject: mm: take the reference of private data for a pin
//
// migrate_vma_check_page() forgets that a filesystem has a reference on a page that it
// has attached data to, and refuses it. Whoever reduces the check to what an anonymous
// page needs would do this.
//
// Breaks: MV-4
// Kills: migrate_vma_page.private_data_is_no_pin: assertion
// In: mm/migrate_device.c: migrate_vma_check_page

@@
@@
- extra += 1 + folio_has_private(folio);
+ extra++;
