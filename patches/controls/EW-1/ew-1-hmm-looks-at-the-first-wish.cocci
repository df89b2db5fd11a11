// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hmm: ask for a hole what its first page is asked for
//
// Each page of the range may be asked for in its own way. The wish of the first one
// is taken for that of all.
//
// Breaks: EW-1
// Kills: walker_hmm.wide_hole_is_answered_page_by_page: assertion
// In: mm/hmm.c: hmm_vma_walk_hole

@@
@@
- hmm_range_need_fault(hmm_vma_walk, hmm_pfns, npages, 0)
+ hmm_pte_need_fault(hmm_vma_walk, *hmm_pfns, 0)
