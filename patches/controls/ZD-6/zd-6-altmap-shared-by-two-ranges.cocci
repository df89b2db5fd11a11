// SPDX-License-Identifier: GPL-2.0
// Subject: mm: use one altmap for all ranges of a pgmap
//
// memremap_pages() no longer refuses an altmap for more than one range, whose memory
// the second range does not have. Whoever adds multi-range pgmaps to a driver with an
// altmap would drop the check that is in the way.
//
// Breaks: ZD-6
// Kills: zone_device_refusal.altmap_is_refused_for_two_ranges: assertion
// Kills: zone_device_pgmap.altmap_of_two_ranges_is_reported: assertion
// In: mm/memremap.c: pagemap_range

@@
@@
- if (WARN_ONCE(pgmap_altmap(pgmap) && range_id > 0,
- 			"altmap not supported for multiple ranges\n"))
- 	return -EINVAL;
