// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: take what MADV_FREE was told of for written
//
// A page that may go has been written, so "dirty" seems to be the condition. But MADV_FREE has
// cleaned it, and dirty is what is needed again.
//
// Breaks: EW-1
// Kills: swap_error_smaps.smaps_counts_what_is_locked_and_what_may_go: assertion
// In: fs/proc/task_mmu.c: smaps_account

@@
@@
- !folio_test_swapbacked(folio) && !dirty
+ !folio_test_swapbacked(folio) && dirty
