// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the look-up of the next VMA leaves out the one that has changed
//
// The VMA was detached while it was being locked. The search goes on behind it.
//
// Breaks: VL-1
// Kills: vma_life_lock.look_up_starts_over_at_the_address: assertion
// In: mm/mmap_lock.c: lock_next_vma
// Kernels: from 6.17: the function came in there

@@
@@
  rcu_read_lock();
- vma_iter_set(vmi, from_addr);
  goto retry;
