// SPDX-License-Identifier: GPL-2.0
// Subject: mm/madvise: age the huge zero page, too
//
// The check for the page that belongs to nobody is taken for an optimization.
//
// Breaks: EW-1
// Kills: walker_advice.madv_cold_meets_each_entry: assertion
// In: mm/madvise.c: madvise_cold_or_pageout_pte_range
// Kernels: before 7.0: the page is looked up as any other since, and has no folio

@@
identifier l;
expression E;
@@
- if (is_huge_zero_pmd(E))
- 	goto l;
