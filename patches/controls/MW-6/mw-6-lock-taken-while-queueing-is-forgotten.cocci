// SPDX-License-Identifier: GPL-2.0
// Subject: mm/filemap: let the waker say that the lock was taken
//
// The task has taken it itself, tries to take it again, and waits for itself.
//
// Breaks: MW-6
// Kills: migration_wait_lock.lock_dropped_at_the_last_moment_is_not_waited_for: assertion
// In: mm/filemap.c: folio_trylock_flag

@@
@@
- WQ_FLAG_WOKEN | WQ_FLAG_DONE
+ WQ_FLAG_WOKEN
