// SPDX-License-Identifier: GPL-2.0
// Subject: mm: give back the swap area before the page is mapped
//
// The reference on the swap area is dropped once the folio is locked, and swapoff may
// free what swap_free() is about to use. Whoever thinks that the folio lock keeps the
// area would drop it early.
//
// Breaks: SF-11
// Kills: swap_fault_stage.swapin_holds_slot_and_area: assertion
// In: mm/memory.c: do_swap_page
// Matches: 2

@@
@@
  folio_throttle_swaprate(folio, GFP_KERNEL);
+ if (!need_clear_cache) {
+ 	put_swap_device(si);
+ 	si = NULL;
+ }

@@
@@
- data_race(si->flags & SWP_STABLE_WRITES)
+ swp_swap_info(entry)->flags & SWP_STABLE_WRITES
