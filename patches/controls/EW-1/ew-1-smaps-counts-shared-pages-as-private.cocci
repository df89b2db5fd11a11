// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: count each anonymous page as private
//
// A private mapping has private pages, as its name says. But fork() has shared them.
//
// Breaks: EW-1
// Kills: swap_error_smaps.smaps_counts_a_share_of_what_is_shared: assertion
// Matches: 2
// In: fs/proc/task_mmu.c: smaps_page_accumulate

@@
@@
(
- mss->shared_dirty += size;
+ mss->private_dirty += size;
|
- mss->shared_clean += size;
+ mss->private_clean += size;
)
