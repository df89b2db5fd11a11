// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the next VMA is used without its lock
//
// RCU keeps the memory of the VMA, and not what is in it.
//
// Breaks: VL-1
// Kills: vma_life_lock.next_vma_is_that_of_the_address: assertion
// In: mm/mmap_lock.c: lock_next_vma
// Kernels: from 6.17: the function came in there

@@
@@
- vma = vma_start_read(mm, vma);
