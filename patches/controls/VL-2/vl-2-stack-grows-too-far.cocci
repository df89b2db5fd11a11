// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a stack grows by a page more than is needed
//
// The new start is one page below the address of the fault.
//
// Breaks: VL-2
// Kills: vma_life_fault.growing_stack_needs_mmap_lock: assertion
// In: mm/mmap.c: expand_downwards
// In: mm/vma.c: expand_downwards

@@
@@
- address &= PAGE_MASK;
+ address = (address & PAGE_MASK) - PAGE_SIZE;
