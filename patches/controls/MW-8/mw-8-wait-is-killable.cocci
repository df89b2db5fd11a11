// SPDX-License-Identifier: GPL-2.0
// Subject: mm: let a fatal signal end the wait for a migration
//
// The waiter sleeps killable, as page faults do in most other places. The callers take
// the fault again at once, and it spins until the migration is done; one that counts
// on the entry being gone does not hear that it is not.
//
// Breaks: MW-8
// Kills: migration_wait_sleep.signal_does_not_end_wait: assertion
// In: mm/filemap.c: softleaf_entry_wait_on_locked | migration_entry_wait_on_locked
// Matches: 2

@@
@@
- set_current_state(TASK_UNINTERRUPTIBLE);
+ set_current_state(TASK_KILLABLE);

@@
@@
- signal_pending_state(TASK_UNINTERRUPTIBLE, current)
+ signal_pending_state(TASK_KILLABLE, current)
