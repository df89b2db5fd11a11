// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hmm: count the last page of a huge page, too
//
// The end is exclusive: what stands behind the array of the caller is taken for a wish.
//
// Breaks: EW-1
// Kills: walker_hmm.huge_page_is_answered_as_such: assertion
// In: mm/hmm.c: hmm_vma_handle_pmd

@@
@@
- npages = (end - addr) >> PAGE_SHIFT;
+ npages = ((end - addr) >> PAGE_SHIFT) + 1;
