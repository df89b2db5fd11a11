// SPDX-License-Identifier: GPL-2.0
// Subject: mm: keep the reference of an unmapped page
//
// zap_pte_range() drops mapping and RSS of a device-private entry, but not its
// reference. Somebody who expects the TLB batch to drop it, as for present ptes, would
// do this.
//
// Breaks: ZD-4
// Kills: zone_device_map.unmap_frees_device_pages: assertion
// In: mm/memory.c: zap_nonpresent_ptes | zap_pte_range

@@
@@
- folio_put(folio);
