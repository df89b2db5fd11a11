// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: uncount one page of a batch
//
// Reclaim discards a batch of pages, and MM_ANONPAGES is brought down by one.
//
// Breaks: EW-2
// Kills: walker_batch.lazyfree_folio_is_discarded_whole: assertion
// Kernels: from 6.17: no batches before
// In: mm/rmap.c: ttu_anon_lazyfree_folio | try_to_unmap_one

@@
expression M;
@@
- add_mm_counter(M, MM_ANONPAGES, -nr_pages);
+ dec_mm_counter(M, MM_ANONPAGES);
