// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memremap: hand out pages of a pgmap that is about to go
//
// Somebody gets a page while memunmap_pages() waits for the last one, and so it may never
// end.
//
// Breaks: ZD-15
// Kills: zone_device_type.memunmap_waits_for_generic_page: assertion
// In: mm/memremap.c: zone_device_folio_get
// Kernels: from 6.15: the group is for kernels from there on
// Group: zone-device-at-zero

@@
@@
- percpu_ref_tryget_live(&pgmap->ref)
+ percpu_ref_tryget(&pgmap->ref)
