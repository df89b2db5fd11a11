// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: PAGEMAP_SCAN takes what is not present for nothing
//
// A swapped page, or one under migration, is there.
//
// Breaks: EW-1, EW-2
// Kills: walker_look.pagemap_scan_meets_each_entry: assertion
// Kills: walker_look.pagemap_scan_tells_pages_apart: assertion
// In: fs/proc/task_mmu.c: pagemap_page_category

@@
@@
(
- categories |= PAGE_IS_SWAPPED;
|
- categories = PAGE_IS_SWAPPED;
+ categories = 0;
)
