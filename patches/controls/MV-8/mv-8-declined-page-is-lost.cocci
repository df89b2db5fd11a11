// SPDX-License-Identifier: GPL-2.0
// Subject: mm: restore nothing when the driver declines
//
// Finalize skips sources without a destination, so their migration entries stay. Made
// by someone who believes that migrate_vma_pages() has restored them.
//
// Breaks: MV-8
// Kills: migrate_vma_lock.collected_page_is_unmapped: assertion
// In: mm/migrate_device.c: __migrate_device_finalize | migrate_device_finalize

@@
@@
- !folio_is_zone_device(dst)
+ dst != src && !folio_is_zone_device(dst)
