// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: smaps takes bits of an entry for those of a pte
//
// Whether it is young or dirty is known of present ptes only.
//
// Breaks: EW-1
// Kills: walker_look.smaps_meets_each_entry: assertion
// In: fs/proc/task_mmu.c: smaps_pte_entry

@@
@@
(
  page = pfn_swap_entry_to_page(swpent);
+ young = pte_young(ptent);
+ dirty = pte_dirty(ptent);
|
  page = softleaf_to_page(entry);
+ young = pte_young(ptent);
+ dirty = pte_dirty(ptent);
)
