// SPDX-License-Identifier: GPL-2.0
// Subject: mm/filemap: let the locker look whether the lock is free
//
// It is not, and the task goes back to the end of the queue.
//
// Breaks: MW-7
// Kills: migration_wait_lock.all_that_only_wait_are_woken: assertion
// In: mm/filemap.c: wake_page_function

@@
@@
- if (test_bit(...)) return -1;
