// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leave the source locked in finalize
//
// Only the destination is unlocked when the page has moved. Made by someone who
// believes that the last reference to the source is dropped here, and with it the
// lock.
//
// Breaks: MV-3
// Kills: migrate_vma_collect.dst_needs_only_valid: assertion
// In: mm/migrate_device.c: __migrate_device_finalize | migrate_device_finalize

@@
@@
  remove_migration_ptes(src, dst, 0);
- folio_unlock(src);
+ if (src == dst)
+ 	folio_unlock(src);

@@
@@
- fault_folio != src
+ fault_folio != src && src == dst
