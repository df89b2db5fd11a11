// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a new VMA can be locked before it is ready
//
// It is in the tree, and what is left to be done to it is done without its lock.
// Before 7.0, vma_mark_attached() stops the kernel over a VMA that is not locked.
//
// Breaks: VL-1
// Kills: vma_life_change.changed_vma_was_write_locked: assertion or report
// Kernels: from 6.15: to set VM_SOFTDIRTY locks the VMA before, which hides it
// In: mm/mmap.c: __mmap_region
// In: mm/vma.c: __mmap_new_vma

@@
@@
- vma_start_write(vma);
