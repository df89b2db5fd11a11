// SPDX-License-Identifier: GPL-2.0
// Subject: mm: hmm_range_fault() tries again with the sequence of the first try
//
// The range has been invalidated since, so that it will never be valid.
//
// Breaks: EW-1
// Kills: walker_driver.fault_without_mmap_lock_is_served: assertion or hang
// In: mm/hmm.c: hmm_range_fault_unlocked_timeout
// Kernels: from 7.3: the function came in there

@@
@@
- range->notifier_seq =
- 	mmu_interval_read_begin(range->notifier);
+ if (!range->notifier_seq)
+ 	range->notifier_seq =
+ 		mmu_interval_read_begin(range->notifier);
