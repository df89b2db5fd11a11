// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: uncount one page of a batch
//
// The counter of the mm is brought down by one for all pages of a batch.
//
// Breaks: EW-2
// Kills: walker_protect.munmap_tells_pages_apart: assertion
// Kills: walker_advice.madv_dontneed_tells_pages_apart: assertion
// In: mm/memory.c: zap_present_folio_ptes

@@
@@
- rss[MM_ANONPAGES] -= nr;
+ rss[MM_ANONPAGES]--;
