// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mprotect: make each pte anew
//
// Of the old pte only the page is kept: nobody knows any more that it was accessed
// and written to.
//
// Breaks: EW-2
// Kills: walker_protect.mprotect_none_tells_pages_apart: assertion
// Kills: walker_protect.mprotect_read_tells_pages_apart: assertion
// In: mm/mprotect.c: change_present_ptes | change_pte_range

@@
@@
- pte_modify(oldpte, newprot)
+ pfn_pte(pte_pfn(oldpte), newprot)
