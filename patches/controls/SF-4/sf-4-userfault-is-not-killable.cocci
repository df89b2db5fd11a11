// SPDX-License-Identifier: GPL-2.0
// Subject: userfaultfd: wait unkillably for the monitor
//
// A task that waits for its monitor cannot be killed, although its fault is killable.
// Whoever thinks that interruptible faults are all that a signal may end would drop
// the other state.
//
// Breaks: SF-4
// Kills: swap_fault_uffd.sigkill_ends_monitor_wait: assertion
// In: mm/userfaultfd.c: userfaultfd_get_blocking_state
// In: fs/userfaultfd.c: userfaultfd_get_blocking_state

@@
@@
- if (flags & FAULT_FLAG_KILLABLE)
- 	return TASK_KILLABLE;
