// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not drop the reference on the device page that was left
//
// When a page comes back from the device, finalize drops its reference on a source in
// system memory only, and the device runs out of pages. Somebody who still thinks of
// the LRU, which device pages are not on, would write this.
//
// Breaks: MV-16
// Kills: migrate_vma_device.round_trips_keep_pages: assertion
// In: mm/migrate_device.c: __migrate_device_finalize | migrate_device_finalize

@@
@@
  folio_unlock(src);
- folio_put(src);
+ if (dst == src || !folio_is_zone_device(src))
+ 	folio_put(src);

@@
@@
  if (fault_folio != src)
  	folio_unlock(src);
- folio_put(src);
+ if (dst == src || !folio_is_zone_device(src))
+ 	folio_put(src);
