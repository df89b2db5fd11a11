// SPDX-License-Identifier: GPL-2.0
// Subject: mm/madvise: free one slot of a batch
//
// The slots of the others are lost until swapoff, which looks for who has them.
//
// Breaks: EW-2
// Kills: walker_advice.madv_free_tells_pages_apart: assertion or report or hang
// In: mm/madvise.c: madvise_free_pte_range

@@
@@
(
- free_swap_and_cache_nr(entry, nr);
+ free_swap_and_cache_nr(entry, 1);
|
- swap_put_entries_direct(entry, nr);
+ swap_put_entries_direct(entry, 1);
)
