// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: drop one reference of a batch
//
// Reclaim unmaps a batch of pages, and drops the reference of one of them. The folio
// is never free.
//
// Breaks: EW-2
// Kills: walker_batch.lazyfree_folio_is_discarded_whole: assertion or report
// Kernels: from 6.17: no batches before
// In: mm/rmap.c: try_to_unmap_one

@@
@@
- folio_put_refs(folio, nr_pages);
+ folio_put(folio);
