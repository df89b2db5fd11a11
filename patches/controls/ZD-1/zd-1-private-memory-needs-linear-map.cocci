// SPDX-License-Identifier: GPL-2.0
// Subject: mm: ask for a place in the linear map for device-private memory
//
// memremap_pages() refuses device-private memory outside of the linear map, in which
// it has no place. Somebody who wants a simple check that holds for all types of
// memory would write this.
//
// Breaks: ZD-1, ZD-7
// Kills: zone_device_refusal.private_memory_needs_no_linear_map: assertion
// In: mm/memremap.c: pagemap_range

@@
@@
- !mhp_range_allowed(range->start, range_len(range), !is_private)
+ !mhp_range_allowed(range->start, range_len(range), true)
