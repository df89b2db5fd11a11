// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: count all of a page that others have mapped, too
//
// The share is left out where the pages of a folio are counted one by one.
//
// Breaks: EW-1
// Kills: swap_error_smaps.smaps_counts_a_share_of_what_is_shared: assertion
// In: fs/proc/task_mmu.c: smaps_account

@@
@@
- mapcount >= 2
+ false
