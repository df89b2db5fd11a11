// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a new VMA can be locked before it is ready
//
// It is in the tree, and what is left to be done to it is done without its lock.
//
// Breaks: VL-1
// Kills: vma_life_change.changed_vma_was_write_locked: assertion
// Kernels: from 7.3: 6.12 locks it again for VM_SOFTDIRTY, which hides it; not tried between
// In: mm/mmap.c: __mmap_region
// In: mm/vma.c: __mmap_new_vma

@@
@@
- vma_start_write(vma);
