// SPDX-License-Identifier: GPL-2.0
// Subject: mm: return in the RCU section if there is no VMA to lock
//
// lock_vma_under_rcu() returns without rcu_read_unlock() if there is no VMA, or if it
// cannot be locked. An early return instead of the jump to the end is easily written.
//
// Breaks: SF-10, VL-1
// Kills: swap_fault_vma.write_locked_vma_is_not_read_locked: assertion
// Kills: vma_life_lock.dead_mm_has_no_vma: assertion
// In: mm/mmap_lock.c: lock_vma_under_rcu
// In: mm/memory.c: lock_vma_under_rcu

@@
@@
- if (!vma)
- 	goto inval;
- if (!vma_start_read(vma))
- 	goto inval;
+ if (!vma || !vma_start_read(vma))
+ 	return NULL;

@@
@@
  if (!vma) {
- 	rcu_read_unlock();
- 	goto inval;
+ 	return NULL;
  }
