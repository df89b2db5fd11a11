// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: look for a page in migration entries
//
// Device pages are pages of the process, but neither Rss nor Swap.
//
// Breaks: EW-1
// Kills: walker_look.smaps_meets_each_entry: assertion
// Kills: walker_look.smaps_rollup_meets_each_entry: assertion
// In: fs/proc/task_mmu.c: smaps_pte_entry

@@
expression E;
@@
(
- is_pfn_swap_entry(E)
+ is_migration_entry(E)
|
- softleaf_has_pfn(E)
+ softleaf_is_migration(E)
)
