// SPDX-License-Identifier: GPL-2.0
// Subject: mm: keep a page locked that the driver has declined
//
// Finalize unlocks the source only if it has been migrated: whoever touches a page
// that was not waits for ever. Somebody who pairs the unlock of the source with that
// of the destination would write this.
//
// Breaks: MV-8
// Kills: migrate_vma_lock.collected_page_is_unmapped: assertion
// In: mm/migrate_device.c: __migrate_device_finalize | migrate_device_finalize

@@
@@
  remove_migration_ptes(src, dst, 0);
- folio_unlock(src);
+ if (src != dst)
+ 	folio_unlock(src);

@@
@@
- fault_folio != src
+ fault_folio != src && src != dst
