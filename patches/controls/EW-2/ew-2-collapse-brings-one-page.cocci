// SPDX-License-Identifier: GPL-2.0
// Subject: mm/khugepaged: map the table where the range begins
//
// The table is unmapped when a page has been brought from swap. Mapped again, it is
// looked at from its first pte, and what is behind the one that was brought stays
// out.
//
// Breaks: EW-2
// Kills: walker_advice.madv_collapse_tells_neighbours_apart: assertion
// Kills: walker_collapse.khugepaged_tells_neighbours_apart: assertion
// In: mm/khugepaged.c: __collapse_huge_page_swapin

@@
identifier F;
expression E;
@@
- pte = F(mm, pmd, E, &ptl);
+ pte = F(mm, pmd, E & PMD_MASK, &ptl);
