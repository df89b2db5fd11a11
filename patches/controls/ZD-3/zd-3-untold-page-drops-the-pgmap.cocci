// SPDX-License-Identifier: GPL-2.0
// Subject: mm: drop the reference on the pgmap though nobody was told
//
// The driver does not know that the page has come back, and the pgmap may go away
// under it. Whoever takes the missing callback for a driver that does not care writes
// this.
//
// Breaks: ZD-3
// Kills: zone_device_refusal.put_without_callback_warns: assertion
// In: mm/memremap.c: free_zone_device_folio
// Kernels: from 6.18: a page without a callback was refused before anything else

@@
expression E;
@@
(
- if (WARN_ON_ONCE(!pgmap->ops || !pgmap->ops->folio_free))
- 	break;
- pgmap->ops->folio_free(folio);
+ if (!WARN_ON_ONCE(!pgmap->ops || !pgmap->ops->folio_free))
+ 	pgmap->ops->folio_free(folio);
  percpu_ref_put_many(E, nr);
|
- if (WARN_ON_ONCE(!pgmap->ops || !pgmap->ops->page_free))
- 	break;
- pgmap->ops->page_free(folio_page(folio, 0));
+ if (!WARN_ON_ONCE(!pgmap->ops || !pgmap->ops->page_free))
+ 	pgmap->ops->page_free(folio_page(folio, 0));
  put_dev_pagemap(E);
)
