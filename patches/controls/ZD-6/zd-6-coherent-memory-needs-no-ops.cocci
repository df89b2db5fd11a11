// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memremap: look for a callback in ops that are not there
//
// Coherent memory has one callback, and it seems enough to ask for that.
//
// Breaks: ZD-6
// Kills: zone_device_refusal.misuse_is_refused: report
// In: mm/memremap.c: memremap_pages

@@
@@
(
- !pgmap->ops || !pgmap->ops->page_free
+ !pgmap->ops->page_free
|
- !pgmap->ops || !pgmap->ops->folio_free
+ !pgmap->ops->folio_free
)
