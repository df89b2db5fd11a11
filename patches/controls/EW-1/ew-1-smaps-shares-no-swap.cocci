// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: count all of a slot that others have, too
//
// A swap slot has one page, and so counts for a page in each process.
//
// Breaks: EW-1
// Kills: swap_error_smaps.smaps_counts_a_share_of_what_is_shared: assertion
// In: fs/proc/task_mmu.c: smaps_pte_entry

@@
@@
- mapcount >= 2
+ false
