// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mincore: huge pages are resident if they are present
//
// mincore() takes a huge page for resident only while its pmd maps it.
//
// Breaks: ME-14
// Kills: huge_page_entry.mincore_counts_huge_entry_as_resident: assertion
// In: mm/mincore.c: mincore_pte_range

@@
@@
- memset(vec, 1, nr);
+ memset(vec, pmd_present(*pmd), nr);
