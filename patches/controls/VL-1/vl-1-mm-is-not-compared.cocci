// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a fault gets the VMA of another address space
//
// The memory of a VMA may be used again for another one as soon as it is free.
//
// Breaks: VL-1
// Kills: vma_life_lock.vma_of_another_mm_is_given_back: assertion
// In: mm/mmap_lock.c: vma_start_read
// Kernels: from 6.16: RCU kept a VMA before

@@
@@
- unlikely(vma->vm_mm != mm)
+ false
