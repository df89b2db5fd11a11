// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: uncount one entry of a batch of swap
//
// MM_SWAPENTS is brought down by one for all entries of a batch.
//
// Breaks: EW-2
// Kills: walker_protect.munmap_tells_pages_apart: assertion
// Kills: walker_advice.madv_dontneed_tells_pages_apart: assertion
// In: mm/memory.c: zap_nonpresent_ptes | zap_pte_range

@@
@@
- rss[MM_SWAPENTS] -= nr;
+ rss[MM_SWAPENTS]--;
