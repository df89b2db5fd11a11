// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: count each page as dirty
//
// An anonymous page has been written once, or it would not be there. It may be clean again.
//
// Breaks: EW-1
// Kills: swap_error_smaps.smaps_counts_a_share_of_what_is_shared: assertion
// In: fs/proc/task_mmu.c: smaps_page_accumulate

@@
@@
- dirty || folio_test_dirty(folio)
+ true
