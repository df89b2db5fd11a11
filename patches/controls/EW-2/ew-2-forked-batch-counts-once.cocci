// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: count one page of a batch for the child
//
// The counter of the child is brought up by one for all pages of a batch.
//
// Breaks: EW-2
// Kills: walker_protect.fork_tells_pages_apart: assertion
// In: mm/memory.c: copy_present_ptes

@@
@@
- rss[MM_ANONPAGES] += nr;
+ rss[MM_ANONPAGES]++;
