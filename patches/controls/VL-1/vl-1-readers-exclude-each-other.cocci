// SPDX-License-Identifier: GPL-2.0
// Subject: mm: lock a VMA as a writer does
//
// A fault that reads the VMA keeps all other faults on it out.
//
// Breaks: VL-1
// Kills: vma_life_lock.readers_do_not_exclude_each_other: assertion
// Kernels: before 6.15: the lock is a count since
// In: mm/memory.c: lock_vma_under_rcu

@@
@@
- !vma_start_read(vma)
+ rwsem_is_locked(&vma->vm_lock->lock) || !vma_start_read(vma)
