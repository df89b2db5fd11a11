// SPDX-License-Identifier: GPL-2.0
// Subject: mm/madvise: map the table where the walk began
//
// The table is unmapped to read a page. Mapped again, it is looked at from its first
// pte, whose slot is read once more.
//
// Breaks: EW-2
// Kills: walker_advice.madv_willneed_tells_neighbours_apart: assertion
// Kills: walker_advice.madv_willneed_tells_pages_apart: assertion
// In: mm/madvise.c: swapin_walk_pmd_entry

@@
@@
- pte_offset_map_lock(vma->vm_mm, pmd, addr, &ptl)
+ pte_offset_map_lock(vma->vm_mm, pmd, start, &ptl)
