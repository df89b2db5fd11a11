// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a VMA that is write-locked is locked for a fault
//
// The sequence number that a writer leaves is not compared. Between
// vma_start_write() and the end of the change nothing else tells of the
// writer.
//
// Breaks: VL-1
// Kills: vma_life_lock.vma_is_locked_unless_it_changes: assertion
// Kills: vma_life_lock.writer_waits_for_readers: assertion
// In: mm/memory.c: lock_vma_under_rcu
// Kernels: before 6.15: the lock is a count since

@@
@@
- !vma_start_read(vma)
+ !down_read_trylock(&vma->vm_lock->lock)
