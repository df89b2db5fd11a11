// SPDX-License-Identifier: GPL-2.0
// Subject: mm: memremap_pages() takes folios that are larger than any can be
//
// It is asked for once, by drivers that get it from a device.
//
// Breaks: ZD-6
// Kills: zone_device_refusal.misuse_is_refused: assertion or report or hang
// Kernels: from 6.19: there is no such check in older ones
// In: mm/memremap.c: memremap_pages

@@
@@
- if (WARN_ONCE(pgmap->vmemmap_shift > MAX_FOLIO_ORDER, ...))
- 	return ERR_PTR(-EINVAL);
