// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mremap: move what is present
//
// What is not present is left at the old address, and is unmapped there.
//
// Breaks: EW-1
// Kills: walker_protect.mremap_near_meets_each_entry: assertion
// Kills: walker_protect.mremap_far_meets_each_entry: assertion
// Kills: walker_protect.mremap_part_meets_each_entry: assertion
// In: mm/mremap.c: move_ptes

@@
expression E;
@@
- if (pte_none(E))
+ if (!pte_present(E))
  	continue;
