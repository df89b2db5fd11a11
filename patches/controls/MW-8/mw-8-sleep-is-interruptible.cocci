// SPDX-License-Identifier: GPL-2.0
// Subject: mm: sleep interruptibly for a migration entry
//
// The waiter sleeps in TASK_INTERRUPTIBLE and, with a signal pending, does not sleep
// but spins. Somebody who does not want it to count for the load average would change
// the state, and the state only.
//
// Breaks: MW-8
// Kills: migration_wait_sleep.signal_does_not_end_wait: assertion
// In: mm/filemap.c: softleaf_entry_wait_on_locked | migration_entry_wait_on_locked

@@
@@
- set_current_state(TASK_UNINTERRUPTIBLE);
+ set_current_state(TASK_INTERRUPTIBLE);
