// SPDX-License-Identifier: GPL-2.0
// Subject: mm: keep a reference on device pages that are locked
//
// migrate_device_range() does not drop the reference on a page that it could not lock.
// The error path that nobody tests.
//
// Breaks: MV-15
// Kills: migrate_vma_device.device_is_emptied_without_vma: assertion
// In: mm/migrate_device.c: migrate_device_pfn_lock | migrate_device_range

@@
@@
- folio_put(folio);
