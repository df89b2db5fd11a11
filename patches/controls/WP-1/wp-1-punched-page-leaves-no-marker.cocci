// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: leave nothing behind in a hole
//
// What is punched out of a file is gone, and so, it seems, is what there is to
// protect.
//
// Breaks: WP-1
// Kills: soft_bits_marker.punched_page_leaves_marker: assertion
// In: mm/memory.c: unmap_mapping_pages

@@
@@
  if (last_index < first_index)
  	last_index = ULONG_MAX;
+ details.zap_flags = ZAP_FLAG_DROP_MARKER;
