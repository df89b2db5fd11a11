// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mprotect: end the walk where nothing is mapped
//
// A pte that is none is taken for the end of what is mapped.
//
// Breaks: EW-2
// Kills: walker_protect.mprotect_none_tells_neighbours_apart: assertion
// Kills: walker_protect.mprotect_read_tells_neighbours_apart: assertion
// In: mm/mprotect.c: change_pte_range

@@
expression uffd_wp;
@@
  if (likely(!uffd_wp))
- 	continue;
+ 	break;
