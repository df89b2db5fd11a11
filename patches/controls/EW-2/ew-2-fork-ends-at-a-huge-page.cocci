// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: copy huge pages last
//
// The walk over pmds ends with the first huge one: what follows it is missing in
// the child.
//
// Breaks: EW-2
// Kills: walker_protect.fork_tells_huge_neighbours_apart: assertion
// In: mm/memory.c: copy_pmd_range

@@
expression err;
@@
  if (!err)
- 	continue;
+ 	break;
