// SPDX-License-Identifier: GPL-2.0
// Subject: mm/madvise: end the walk at the first entry
//
// What is not present is taken for the end of what is mapped.
//
// Breaks: EW-2
// Kills: walker_advice.madv_cold_tells_neighbours_apart: assertion
// Kills: walker_advice.madv_pageout_tells_neighbours_apart: assertion
// In: mm/madvise.c: madvise_cold_or_pageout_pte_range

@@
@@
  if (!pte_present(ptent))
- 	continue;
+ 	break;
