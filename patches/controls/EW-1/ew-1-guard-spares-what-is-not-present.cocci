// SPDX-License-Identifier: GPL-2.0
// Subject: mm/madvise: put no guard where nothing is present
//
// What is not present need not be removed, it seems. It stays, and no guard is there.
// Beside something that is present it is removed with that.
//
// Breaks: EW-1, EW-2
// Kills: walker_advice.madv_guard_install_meets_each_entry: assertion
// Kills: walker_advice.madv_guard_install_tells_huge_neighbours_apart: assertion
// Kills: walker_advice.madv_guard_install_tells_pages_apart: assertion
// Kernels: from 6.13: no guards before
// In: mm/madvise.c: guard_install_pte_entry

@@
@@
- return 1;
+ return pte_present(pteval);
