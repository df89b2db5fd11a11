// SPDX-License-Identifier: GPL-2.0
// Subject: mm: bring pages back as shared at swapoff
//
// swapoff maps a page without looking at the exclusive marker of its swap entry, so
// that the only owner has to copy it at the next write. Whoever adds the marker to
// do_swap_page() may miss this second place.
//
// Breaks: SF-11
// Kills: swap_fault_area.swapoff_brings_page_back: assertion
// In: mm/swapfile.c: unuse_pte

@@
@@
- if (pte_swp_exclusive(old_pte))
- 	rmap_flags |= RMAP_EXCLUSIVE;
