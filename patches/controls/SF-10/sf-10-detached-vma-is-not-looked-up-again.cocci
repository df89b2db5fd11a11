// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leave a detached VMA to mmap_lock
//
// lock_vma_under_rcu() gives up when the VMA that it has locked has been taken out of
// the tree, instead of looking up what has replaced it. It looks like a simplification
// to whoever counts the exits of the function.
//
// Breaks: SF-10
// Kills: swap_fault_vma.changed_vma_is_not_locked: assertion
// Kernels: before 6.15: a detached VMA has no count to take since, and no case can step in
// In: mm/memory.c: lock_vma_under_rcu

@@
@@
- vma_end_read(vma);
  count_vm_vma_lock_event(VMA_LOCK_MISS);
- goto retry;
+ goto inval_end_read;
