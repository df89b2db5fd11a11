// SPDX-License-Identifier: GPL-2.0
// Subject: mm: keep the reference when a coherent page is busy
//
// migrate_device_unmap() does not give the reference of a device page back when it
// cannot migrate it, so that migrate_device_coherent_folio() does not drop the one of
// its caller either. Made by someone who treats device pages apart.
//
// Breaks: MV-15, MV-4
// Kills: migrate_vma_device.longterm_pin_moves_coherent_page: assertion
// In: mm/migrate_device.c: migrate_device_unmap

@@
statement S;
@@
(
  if (fault_folio != folio) S
- folio_put(folio);
+ if (!folio_is_zone_device(folio))
+ 	folio_put(folio);
|
  folio_unlock(folio);
- folio_put(folio);
+ if (!folio_is_zone_device(folio))
+ 	folio_put(folio);
)
