// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hmm: a page of hugetlb that is being moved is not waited for
//
// The device has asked for the page, and is given none.
//
// Breaks: HT-1, ME-14
// Kills: hugetlb_hmm.device_waits_for_the_huge_page: assertion
// Variants: full
// In: mm/hmm.c: hmm_vma_walk_hugetlb_entry

@@
@@
- if (required_fault)
+ if (false)
  { ... }
