// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hmm: go on when the task has been killed
//
// The fault comes back at once, for the task is about to die, and is tried again, without an end.
//
// Breaks: EW-1
// Kills: walker_driver.killed_driver_gives_up: hang
// In: mm/hmm.c: hmm_range_fault_locked
// Kernels: from 7.3: a driver need not have mmap_lock since

@@
@@
- if (fatal_signal_pending(current))
- 	return -EINTR;
  return -EBUSY;
