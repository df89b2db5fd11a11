// SPDX-License-Identifier: GPL-2.0
// Subject: mm: hmm_range_fault() that takes mmap_lock itself keeps it
//
// It is dropped if the call fails only. Whoever wants it for writing waits.
//
// Breaks: EW-1
// Kills: walker_driver.fault_without_mmap_lock_is_served: assertion or hang
// In: mm/hmm.c: hmm_range_fault_unlocked_timeout
// Kernels: from 7.3: the function came in there

@@
@@
- if (locked)
+ if (locked && ret)
 	mmap_read_unlock(mm);
