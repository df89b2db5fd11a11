// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mremap: let the first write to a moved page fault
//
// As in a child after fork(), it seems. But the fault is one that nobody needs.
//
// Breaks: EW-2
// Kills: walker_protect.mremap_near_tells_pages_apart: assertion
// Kills: walker_protect.mremap_far_tells_pages_apart: assertion
// In: mm/mremap.c: move_ptes

@@
@@
  pte = move_soft_dirty_pte(pte);
+ if (pte_present(pte))
+ 	pte = pte_wrprotect(pte);
