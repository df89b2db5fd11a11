// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the look-up of a VMA goes on with the state of the last try
//
// The VMA that was found was detached. What the walk of the tree has found is
// used again, although RCU has been dropped: the range is that of the old VMA,
// and the node may be free.
//
// Breaks: VL-1
// Kills: vma_life_lock.look_up_starts_over_at_the_address: assertion
// In: mm/mmap_lock.c: lock_vma_under_rcu
// Kernels: from 6.18: RCU was not dropped before, or the state not reset

@@
@@
- mas_set(&mas, address);
