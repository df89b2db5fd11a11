// SPDX-License-Identifier: GPL-2.0
// Subject: mm: drop the last reference of a locked destination
//
// migrate_vma_finalize() gives the reference of the driver back and unlocks the page
// then, which nobody may map any more: it is freed while locked. Whoever pairs the put
// with the one of the source would get the order wrong.
//
// Breaks: MV-3
// Kills: migrate_vma_page.unmapped_source_is_freed: assertion
// In: mm/migrate_device.c: __migrate_device_finalize | migrate_device_finalize

@@
@@
  if (dst != src) {
+ 	folio_put(dst);
  	folio_unlock(dst);
- 	folio_put(dst);
  }

@@
@@
  if (dst != src) {
  	WARN_ON_ONCE(fault_folio == dst);
+ 	folio_put(dst);
  	folio_unlock(dst);
- 	folio_put(dst);
  }
