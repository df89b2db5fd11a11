// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leak a reference on the swap area
//
// A fault that has been served does not drop its reference on the swap area, so that
// swapoff waits for ever. The function has two ways out, and both need the put.
//
// Breaks: SF-11, SF-1, SF-5
// Kills: swap_fault_stage.every_combination_gives_documented_result: assertion
// Kills: swap_fault_change.swap_cache_of_other_entry_is_noticed: assertion
// In: mm/memory.c: do_swap_page

@@
statement S;
@@
(
  out:
  if (need_clear_cache) S
- if (si)
- 	put_swap_device(si);
|
  if (folio != swapcache) S
- if (si)
- 	put_swap_device(si);
)
