// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mremap: end the walk where nothing is mapped
//
// A pte that is none is taken for the end of what is mapped.
//
// Breaks: EW-2
// Kills: walker_protect.mremap_near_tells_neighbours_apart: assertion
// Kills: walker_protect.mremap_far_tells_neighbours_apart: assertion
// In: mm/mremap.c: move_ptes

@@
expression E;
@@
  if (pte_none(E))
- 	continue;
+ 	break;
