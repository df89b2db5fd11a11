// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a split that fails is counted as one that succeeds
//
// The result is not looked at.
//
// Breaks: LF-3
// Kills: huge_page_use.each_split_is_counted: assertion
// In: mm/huge_memory.c: split_huge_page_to_list_to_order | __folio_split

@@
@@
- !ret ? MTHP_STAT_SPLIT : MTHP_STAT_SPLIT_FAILED
+ MTHP_STAT_SPLIT
