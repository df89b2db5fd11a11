// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mprotect: mind no soft-dirty bit in a batch
//
// Pages of a batch become soft-dirty, or not, as the first is.
//
// Breaks: EW-2
// Kills: walker_protect.mprotect_none_tells_pages_apart: assertion
// Kills: walker_protect.mprotect_read_tells_pages_apart: assertion
// Kills: walker_protect.mprotect_write_tells_pages_apart: assertion
// Kernels: from 6.17: no batches before
// In: mm/mprotect.c: change_pte_range

@@
@@
- FPB_RESPECT_SOFT_DIRTY | FPB_RESPECT_WRITE
+ FPB_RESPECT_WRITE
