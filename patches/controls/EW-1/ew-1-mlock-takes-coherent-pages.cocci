// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mlock: lock coherent pages, too
//
// They are not on the LRU, where an mlocked page is kept.
//
// Breaks: EW-1
// Kills: walker_coherent.reclaim_leaves_a_coherent_page_alone: assertion
// In: mm/mlock.c: mlock_pte_range

@@
@@
- if (!folio || folio_is_zone_device(folio))
+ if (!folio)
    continue;
