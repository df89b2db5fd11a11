// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a stack grows without its VMA being locked
//
// mmap_lock is held for writing, which keeps no fault out.
//
// Breaks: VL-2
// Kills: vma_life_fault.growing_stack_needs_mmap_lock: assertion
// In: mm/mmap.c: expand_downwards
// In: mm/vma.c: expand_downwards

@@
@@
- vma_start_write(vma);
