// SPDX-License-Identifier: GPL-2.0
// Subject: mm/madvise: take a batch for its first page
//
// If the first page is old and clean, the others seem to be as well.
//
// Breaks: EW-2
// Kills: walker_advice.madv_free_tells_pages_apart: assertion
// In: mm/madvise.c: madvise_free_pte_range, madvise_folio_pte_batch

@@
@@
(
- if (any_young)
- 	ptent = pte_mkyoung(ptent);
- if (any_dirty)
- 	ptent = pte_mkdirty(ptent);
|
- FPB_MERGE_YOUNG_DIRTY
+ 0
)
