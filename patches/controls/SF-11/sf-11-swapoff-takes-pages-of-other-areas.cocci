// SPDX-License-Identifier: GPL-2.0
// Subject: mm: bring back the pages of all areas at swapoff
//
// swapoff does not look at the area of the entries that it finds, and reads in
// whatever is swapped, until memory is full. It needs two areas to be seen.
//
// Breaks: SF-11
// Kills: swap_fault_area.swapoff_leaves_other_areas_alone: assertion
// In: mm/swapfile.c: unuse_pte_range

@@
@@
- if (swp_type(entry) != type)
- 	continue;
