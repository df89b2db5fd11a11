// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mprotect: keep swap entries as they are, but for a bit
//
// Whoever adds a branch for entries that need nothing rebuilds the pte there, and
// forgets the bit that says that the page is nobody else's.
//
// Breaks: EW-1
// Kills: walker_protect.mprotect_none_meets_each_entry: assertion
// Kills: walker_protect.mprotect_read_meets_each_entry: assertion
// In: mm/mprotect.c: change_pte_range, change_softleaf_pte

@@
@@
- newpte = oldpte;
+ newpte = pte_swp_clear_exclusive(oldpte);
