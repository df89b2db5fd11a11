// SPDX-License-Identifier: GPL-2.0
// Subject: mm: MADV_COLD and MADV_PAGEOUT treat a huge coherent page as system memory
//
// Its young bit is cleared, flags of the LRU change, and for a part of it, it is
// split.
//
// Breaks: LF-9
// Kills: large_folio_coherent.reclaim_leaves_a_huge_coherent_page_alone: assertion or report
// Kernels: from 7.3: there was no check before
// In: mm/madvise.c: madvise_cold_or_pageout_pte_range

@@
@@
- if (folio_is_zone_device(folio))
- 	goto huge_unlock;
