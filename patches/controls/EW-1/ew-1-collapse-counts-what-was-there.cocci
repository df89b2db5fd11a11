// SPDX-License-Identifier: GPL-2.0
// Subject: mm/khugepaged: count the pages that a huge page is made of
//
// Those that were not there before belong to the process now, too.
//
// Breaks: EW-1
// Kills: walker_advice.madv_collapse_meets_each_entry: assertion
// In: mm/khugepaged.c: __collapse_huge_page_copy_succeeded

@@
expression E;
@@
- add_mm_counter(vma->vm_mm, MM_ANONPAGES, E);
