// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a fault gets a VMA that ends before its address
//
// The range is not compared again once the VMA is locked. (sf-10-shrunk-vma-
// is-locked is about its start.)
//
// Breaks: VL-1
// Kills: swap_fault_vma.changed_vma_is_not_locked: assertion
// In: mm/memory.c: lock_vma_under_rcu
// In: mm/mmap_lock.c: lock_vma_under_rcu

@@
@@
- unlikely(address < vma->vm_start || address >= vma->vm_end)
+ false
