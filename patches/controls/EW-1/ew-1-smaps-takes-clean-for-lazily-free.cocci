// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: count each clean anonymous page under LazyFree
//
// A clean page can go without being written. But only one that MADV_FREE was told of goes for
// good: others have a slot, or are read from it again.
//
// Breaks: EW-1
// Kills: swap_error_smaps.smaps_counts_a_share_of_what_is_shared: assertion
// In: fs/proc/task_mmu.c: smaps_account

@@
@@
- !folio_test_swapbacked(folio) && !dirty
+ !dirty
