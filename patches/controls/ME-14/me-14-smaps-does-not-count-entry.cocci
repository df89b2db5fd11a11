// SPDX-License-Identifier: GPL-2.0
// Subject: mm: smaps leaves a page under migration out
//
// /proc/PID/smaps counts device-private entries among what is neither present nor
// swapped, and no migration entries. Somebody who adds the one and thinks that the
// other is not mapped would write this.
//
// Breaks: ME-14
// Kills: migration_entry_smaps.smaps_counts_entry: assertion
// In: fs/proc/task_mmu.c: smaps_pte_entry
// Matches: 2

@@
@@
- softleaf_has_pfn(entry)
+ softleaf_is_device_private(entry)

@@
@@
- if (softleaf_is_device_private(entry))
- 	present = true;
+ present = true;

@@
@@
- is_pfn_swap_entry(swpent)
+ is_device_private_entry(swpent)

@@
@@
- if (is_device_private_entry(swpent))
- 	present = true;
+ present = true;
