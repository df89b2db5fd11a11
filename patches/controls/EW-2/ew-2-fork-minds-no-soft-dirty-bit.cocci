// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: mind no soft-dirty bit in a batch
//
// Pages of a batch become soft-dirty, or not, as the first is.
//
// Breaks: EW-2
// Kills: walker_protect.fork_tells_pages_apart: assertion
// In: mm/memory.c: copy_present_ptes

@@
expression F;
@@
(
- if (!vma_soft_dirty_enabled(src_vma))
  	flags |= F;
|
- if (vma_soft_dirty_enabled(src_vma))
- 	flags |= F;
)
