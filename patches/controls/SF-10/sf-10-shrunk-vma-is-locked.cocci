// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not look at the range of a VMA once it is locked
//
// lock_vma_under_rcu() does not check that the address is still in the VMA that it has
// found without a lock. Whoever relies on the tree, which was asked for this very
// address, would drop the check.
//
// Breaks: SF-10
// Kills: swap_fault_vma.changed_vma_is_not_locked: assertion
// In: mm/mmap_lock.c: lock_vma_under_rcu
// In: mm/memory.c: lock_vma_under_rcu

@@
statement S;
@@
- if (unlikely(address < vma->vm_start || address >= vma->vm_end)) S
