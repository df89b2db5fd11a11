// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hmm: leave out what has no page table
//
// There is nothing to say about it, but the array says what it said before.
//
// Breaks: EW-1
// Kills: walker_hmm.wide_hole_is_answered_page_by_page: assertion
// In: mm/hmm.c: hmm_vma_walk_hole

@@
@@
- return hmm_pfns_fill(addr, end, range, 0);
+ return 0;
