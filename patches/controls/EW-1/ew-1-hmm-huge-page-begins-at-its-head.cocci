// SPDX-License-Identifier: GPL-2.0
// Subject: mm: hmm_range_fault() answers with the head of a huge page
//
// A range that begins in the middle of a huge page gets the pages from its start.
//
// Breaks: EW-1
// Kills: walker_hmm.huge_page_is_answered_as_such: assertion
// In: mm/hmm.c: hmm_vma_handle_pmd

@@
expression E;
@@
- pfn = pmd_pfn(pmd) + E;
+ pfn = pmd_pfn(pmd);
