// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: count a page as the batch before it
//
// How many pages there are is set once, before the loop, and by what is a batch. An
// entry that is none counts for as many as the last batch had.
//
// Breaks: EW-2
// Kills: walker_batch.lazyfree_folio_is_discarded_whole: assertion or report
// Kernels: from 7.1: kernels from 6.17 on have this bug themselves, those before no batches
// In: mm/rmap.c: try_to_unmap_one

@@
@@
- nr_pages = 1;
