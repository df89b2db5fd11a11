// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: take pages out without telling the mm
//
// MM_SWAPENTS is not brought up by reclaim.
//
// Breaks: EW-1, EW-2
// Kills: walker_rmap.rmap_reclaim_meets_each_entry: assertion
// Kills: walker_advice.madv_pageout_meets_each_entry: assertion
// Kills: walker_advice.madv_pageout_tells_pages_apart: assertion
// In: mm/rmap.c: ttu_anon_swapbacked_folio | try_to_unmap_one

@@
@@
- inc_mm_counter(mm, MM_SWAPENTS);
