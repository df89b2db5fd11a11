// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memremap: forget that somebody waits for a GENERIC page
//
// memunmap_pages() waits for a page that somebody holds, and the last put only sets its count to
// one, as it always did.
//
// Breaks: ZD-7, ZD-9
// Kills: zone_device_type.memunmap_waits_for_generic_page: assertion or hang
// In: mm/memremap.c: free_zone_device_folio

@@
expression E;
@@
- percpu_ref_is_dying(E)
+ false
