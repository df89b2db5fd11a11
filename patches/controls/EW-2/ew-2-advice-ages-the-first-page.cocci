// SPDX-License-Identifier: GPL-2.0
// Subject: mm/madvise: make one page of a batch old
//
// The others stay young, and keep the folio from being reclaimed.
//
// Breaks: EW-2
// Kills: walker_advice.madv_cold_tells_pages_apart: assertion
// In: mm/madvise.c: madvise_cold_or_pageout_pte_range

@@
@@
- clear_young_dirty_ptes(vma, addr, pte, nr, CYDP_CLEAR_YOUNG);
+ clear_young_dirty_ptes(vma, addr, pte, 1, CYDP_CLEAR_YOUNG);
