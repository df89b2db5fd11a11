// SPDX-License-Identifier: GPL-2.0
// Subject: mm: take pages in the swap cache for clean when unmapping
//
// The dirty bit of a pte is not moved to a folio that is in the swap cache, so that
// the old bytes in the area are taken for the new ones. Whoever thinks that
// add_to_swap() has marked every such folio dirty would write this.
//
// Breaks: SF-11
// Kills: swap_fault_area.page_changed_in_swap_cache_is_written: assertion
// In: mm/rmap.c: try_to_unmap_one

@@
statement S1;
statement S2, S3;
@@
  if (should_defer_flush(mm, flags)) S2 else S3
  if (
- pte_dirty(pteval)
+ pte_dirty(pteval) && !folio_test_swapcache(folio)
  ) S1
