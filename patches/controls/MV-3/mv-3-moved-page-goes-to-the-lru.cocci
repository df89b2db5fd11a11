// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate_device: put what has moved back on the LRU
//
// The old page is given back as one that stays would be. A batch of the LRU gets a
// reference on it, and the page is not free when the migration has ended.
//
// Breaks: MV-3
// Kills: migrate_vma_page.unmapped_source_is_freed: assertion or report
// In: mm/migrate_device.c: __migrate_device_finalize | migrate_device_finalize

@@
@@
  remove_migration_ptes(src, dst, 0);
  ...
- folio_put(src);
+ if (folio_is_zone_device(src)) folio_put(src);
+ else folio_putback_lru(src);
  if (dst != src) {
  ...
  }
