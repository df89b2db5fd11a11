// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a VMA that is write-locked is locked for a fault
//
// The sequence number that a writer leaves is not compared, neither before nor
// after the count is raised. Between vma_start_write() and the end of the
// change nothing else tells of the writer.
//
// Breaks: VL-1
// Kills: vma_life_lock.vma_is_locked_unless_it_changes: assertion
// Kills: vma_life_lock.writer_waits_for_readers: assertion
// In: mm/mmap_lock.c: vma_start_read
// Matches: 2
// Kernels: from 6.16: it was in a header before

@@
@@
(
- READ_ONCE(vma->vm_lock_seq) == READ_ONCE(mm->mm_lock_seq.sequence)
+ false
|
- vma->vm_lock_seq == raw_read_seqcount(&mm->mm_lock_seq)
+ false
)
