// SPDX-License-Identifier: GPL-2.0
// Subject: mm/madvise: free coherent pages lazily
//
// They are not on the LRU, and reclaim never comes to them.
//
// Breaks: EW-1
// Kills: walker_coherent.reclaim_leaves_a_coherent_page_alone: assertion
// In: mm/madvise.c: madvise_free_pte_range

@@
@@
- if (!folio || folio_is_zone_device(folio))
+ if (!folio)
    continue;
