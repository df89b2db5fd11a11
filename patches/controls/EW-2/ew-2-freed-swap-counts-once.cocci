// SPDX-License-Identifier: GPL-2.0
// Subject: mm/madvise: uncount one entry of a batch of swap
//
// MADV_FREE gives up a batch of swap entries at a time. MM_SWAPENTS is brought down
// by one.
//
// Breaks: EW-2
// Kills: walker_advice.madv_free_tells_pages_apart: assertion
// In: mm/madvise.c: madvise_free_pte_range

@@
@@
- nr_swap -= nr;
+ nr_swap--;
