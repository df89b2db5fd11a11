// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: mind no soft-dirty bit in a batch
//
// Pages of a batch are mapped again as the first was: soft-dirty, or not. What was
// written to is not saved by who looks for changes.
//
// Breaks: EW-2
// Kills: walker_batch.lazyfree_folio_in_use_stays_as_it_is: assertion
// Kernels: from 6.17: no batches before
// In: mm/rmap.c: folio_unmap_pte_batch

@@
@@
- FPB_RESPECT_WRITE | FPB_RESPECT_SOFT_DIRTY
+ FPB_RESPECT_WRITE
