// SPDX-License-Identifier: GPL-2.0
// Subject: mm: take back nothing of a pgmap whose second range is refused
//
// The ranges that were mapped before one is refused stay mapped, with nobody to unmap
// them. Somebody who thinks that a range which fails has undone everything there was
// would only drop the reference.
//
// Breaks: ZD-6
// Kills: zone_device_refusal.altmap_is_refused_for_two_ranges: assertion
// In: mm/memremap.c: memremap_pages

@@
@@
- memunmap_pages(pgmap);
+ percpu_ref_exit(&pgmap->ref);
