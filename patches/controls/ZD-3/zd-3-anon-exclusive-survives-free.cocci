// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leave PG_anon_exclusive set on free device pages
//
// free_zone_device_folio() no longer clears PG_anon_exclusive, and the next owner of
// the page inherits it. Somebody who expects the rmap code to have cleared it when the
// page was unmapped would do this.
//
// Breaks: ZD-3
// Kills: zone_device_life.last_put_frees_once: assertion
// In: mm/memremap.c: free_zone_device_folio

@@
@@
(
- __ClearPageAnonExclusive(folio_page(folio, 0));
|
- for (i = 0; i < nr; i++)
- 	__ClearPageAnonExclusive(folio_page(folio, i));
)
