// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: look at the dirty bit of what is swapped
//
// A page of a file that has been written to is dropped as a clean one.
//
// Breaks: EW-1, ME-12
// Kills: walker_leave.folio_is_told_when_its_pte_goes: assertion
// In: mm/rmap.c: try_to_unmap_one
// Kernels: from 7.3: the branches for hugetlbfs and others mark it both before

@@
expression E;
@@
- if (pte_dirty(E))
- 	folio_mark_dirty(folio);
