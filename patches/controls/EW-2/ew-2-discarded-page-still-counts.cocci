// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: discard a page and count it on
//
// Reclaim throws a page away that MADV_FREE was said of, and the mm counts it as before. The
// counter is changed in each branch, and here there is nothing else to do.
//
// Breaks: EW-2
// Kills: walker_batch.lazyfree_folio_is_discarded_whole: assertion
// In: mm/rmap.c: try_to_unmap_one
// Kernels: before 6.15: pages are discarded in batches since

@@
@@
- dec_mm_counter(mm, MM_ANONPAGES);
  goto discard;
