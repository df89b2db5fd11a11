// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: remove one mapping of a batch
//
// The others count as mapped for as long as the folio lives, and nobody can reclaim
// it.
//
// Breaks: EW-2
// Kills: walker_protect.munmap_tells_pages_apart: assertion or report
// Kills: walker_advice.madv_dontneed_tells_pages_apart: assertion or report
// In: mm/memory.c: zap_present_folio_ptes

@@
@@
- folio_remove_rmap_ptes(folio, page, nr, vma);
+ folio_remove_rmap_ptes(folio, page, 1, vma);
