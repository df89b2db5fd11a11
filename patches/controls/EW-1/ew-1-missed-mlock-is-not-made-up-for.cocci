// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: leave locked pages to mlock()
//
// A page that mlock() has missed stays on the lists of what can be evicted, and is met by
// each scan.
//
// Breaks: EW-1, ME-4
// Kills: swap_error_reclaim.missed_mlock_is_made_up_for: assertion
// In: mm/rmap.c: try_to_unmap_one

@@
@@
- mlock_vma_folio(folio, vma);
+ ;
