// SPDX-License-Identifier: GPL-2.0
// Subject: mm: map pages that could not be read at swapoff
//
// swapoff maps a folio that is not uptodate, and the task sees whatever is in it.
// Whoever reads the check as one for memory failure only would drop its second half.
//
// Breaks: SF-8, SF-11
// Kills: swap_fault_area.swapoff_poisons_unreadable_page: assertion
// In: mm/swapfile.c: unuse_pte

@@
@@
- unlikely(hwpoisoned || !folio_test_uptodate(folio))
+ unlikely(hwpoisoned)
