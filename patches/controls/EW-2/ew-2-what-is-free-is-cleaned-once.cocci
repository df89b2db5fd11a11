// SPDX-License-Identifier: GPL-2.0
// Subject: mm/madvise: clean one page of a batch
//
// The others stay dirty, and are written out in the place of being thrown away.
//
// Breaks: EW-2
// Kills: walker_advice.madv_free_tells_pages_apart: assertion
// In: mm/madvise.c: madvise_free_pte_range

@@
@@
- clear_young_dirty_ptes(vma, addr, pte, nr, cydp_flags);
+ clear_young_dirty_ptes(vma, addr, pte, 1, cydp_flags);
