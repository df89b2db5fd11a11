// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a killed writer keeps faults out for ever
//
// The task that waited for the readers of a VMA has been killed. The VMA still
// counts as waited for.
//
// Breaks: VL-1
// Kills: vma_life_fork.killed_fork_gives_the_vma_back: assertion
// In: mm/mmap_lock.c: __vma_start_exclude_readers
// Kernels: from 7.0: a task that waits for readers cannot be killed before

@@
@@
  if (err) {
- 	__vma_end_exclude_readers(ves);
  	return err;
  }
