// SPDX-License-Identifier: GPL-2.0
// Subject: mm: readers of a VMA are counted beyond the limit
//
// The count of the readers reaches the bit that stands for a writer, and does
// not mind one that waits.
//
// Breaks: VL-1
// Kills: vma_life_lock.readers_are_counted_up_to_the_limit vma_life_lock.writer_waits_for_readers: assertion
// In: mm/mmap_lock.c: vma_start_read
// Kernels: from 6.16: the lock was no count before

@@
expression E1, E2, E3;
@@
- __refcount_inc_not_zero_limited_acquire(E1, E2, E3)
+ __refcount_inc_not_zero_limited_acquire(E1, E2, INT_MAX)
