// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hmm: a device that begins within a huge page gets its first one
//
// Where in the huge page the range begins is forgotten.
//
// Breaks: HT-1, ME-14
// Kills: hugetlb_hmm.device_waits_for_the_huge_page: assertion
// Kills: hugetlb_hmm.device_is_told_of_the_huge_page: assertion
// Variants: full
// In: mm/hmm.c: hmm_vma_walk_hugetlb_entry

@@
expression E, F;
@@
- pfn = pte_pfn(E) + F;
+ pfn = pte_pfn(E);
