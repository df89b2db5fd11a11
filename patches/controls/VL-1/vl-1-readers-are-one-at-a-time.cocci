// SPDX-License-Identifier: GPL-2.0
// Subject: mm: take a VMA that nobody else reads
//
// The count of the readers is taken for a flag: one that is set already is taken for
// a writer.
//
// Breaks: VL-1
// Kills: vma_life_lock.readers_do_not_exclude_each_other: assertion
// Kernels: from 6.16: the lock was no count before
// In: mm/mmap_lock.c: vma_start_read

@@
expression E1, E2, E3;
@@
- __refcount_inc_not_zero_limited_acquire(E1, E2, E3)
+ __refcount_inc_not_zero_limited_acquire(E1, E2, 2)
