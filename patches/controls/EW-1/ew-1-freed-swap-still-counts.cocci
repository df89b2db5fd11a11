// SPDX-License-Identifier: GPL-2.0
// Subject: mm/madvise: free swap without telling the mm
//
// MADV_FREE gives slots back, and MM_SWAPENTS is not brought down.
//
// Breaks: EW-1
// Kills: walker_advice.madv_free_meets_each_entry: assertion
// In: mm/madvise.c: madvise_free_pte_range

@@
@@
- nr_swap -= nr;
