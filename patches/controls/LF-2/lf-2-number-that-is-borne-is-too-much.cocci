// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a huge page is underused with as many zeroes as are borne
//
// It is underused if there are more.
//
// Breaks: LF-2
// Kills: large_folio_shrink.underused_folio_is_split_when_memory_is_short: assertion
// In: mm/huge_memory.c: thp_underused

@@
@@
- ++num_zero_pages > khugepaged_max_ptes_none
+ ++num_zero_pages >= khugepaged_max_ptes_none
