// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: forget whose page is swapped out
//
// The page comes back as one that others may have, and is copied at the next write.
//
// Breaks: EW-1, EW-2
// Kills: walker_rmap.rmap_reclaim_meets_each_entry: assertion
// Kills: walker_advice.madv_pageout_meets_each_entry: assertion
// Kills: walker_advice.madv_pageout_tells_neighbours_apart: assertion
// Kills: walker_advice.madv_pageout_tells_pages_apart: assertion
// In: mm/rmap.c: swp_pte_prepare | try_to_unmap_one

@@
@@
- swp_pte = pte_swp_mkexclusive(swp_pte);
