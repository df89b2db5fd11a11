// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: free swap without telling the mm
//
// MM_SWAPENTS is not brought down when the slot is freed.
//
// Breaks: EW-1
// Kills: walker_protect.munmap_meets_each_entry: assertion
// Kills: walker_protect.munmap_private_file_meets_each_entry: assertion
// Kills: walker_advice.madv_dontneed_meets_each_entry: assertion
// In: mm/memory.c: zap_pte_range, zap_nonpresent_ptes

@@
expression nr;
@@
- rss[MM_SWAPENTS] -= nr;
