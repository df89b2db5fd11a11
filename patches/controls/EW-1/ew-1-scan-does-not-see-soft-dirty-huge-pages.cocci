// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: PAGEMAP_SCAN does not say that a huge page is soft-dirty
//
// It is asked for what has changed.
//
// Breaks: EW-1, WP-1
// Kills: soft_bits_scan.scan_says_what_is_soft_dirty: assertion
// In: fs/proc/task_mmu.c: pagemap_thp_category

@@
@@
- if (pmd_soft_dirty(pmd))
-   categories |= PAGE_IS_SOFT_DIRTY;
