// SPDX-License-Identifier: GPL-2.0
// Subject: mm: keep the page that a failed migration did not use
//
// migrate_device_finalize() unlocks the new page of a failed migration, but does not
// drop it. Somebody who thinks that the driver still owns what has not been used would
// do this.
//
// Breaks: ZD-4
// Kills: zone_device_map.failed_migration_frees_new_page: assertion
// In: mm/migrate_device.c: __migrate_device_finalize | migrate_device_finalize

@@
statement S;
@@
  if (dst) {
  	...
  	folio_unlock(dst);
- 	folio_put(dst);
  }
  dst = src;
