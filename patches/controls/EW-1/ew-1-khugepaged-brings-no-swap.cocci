// SPDX-License-Identifier: GPL-2.0
// Subject: mm/khugepaged: leave alone what is out
//
// max_ptes_swap is taken for a switch that is off.
//
// Breaks: EW-1, EW-2
// Kills: walker_collapse.khugepaged_meets_each_entry: assertion
// Kills: walker_collapse.khugepaged_tells_neighbours_apart: assertion
// In: mm/khugepaged.c: hpage_collapse_scan_pmd | collapse_scan_pmd

@@
@@
(
- unmapped <= khugepaged_max_ptes_swap
+ !unmapped
|
- ++unmapped > max_ptes_swap
+ ++unmapped
)
