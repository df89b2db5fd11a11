// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: end the walk at the first entry
//
// What is not present is taken for the end of what is mapped.
//
// Breaks: EW-2
// Kills: walker_look.clear_refs_tells_neighbours_apart: assertion
// In: fs/proc/task_mmu.c: clear_refs_pte_range

@@
@@
  if (!pte_present(ptent))
- 	continue;
+ 	break;
