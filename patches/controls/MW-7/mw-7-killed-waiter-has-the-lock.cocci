// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a task that is killed believes to have the lock
//
// The result of the wait is not looked at.
//
// Breaks: MW-7
// Kills: migration_wait_lock.killable_wait_tells_how_it_ended: assertion
// In: mm/filemap.c: folio_wait_bit_common

@@
@@
- wait->flags & WQ_FLAG_DONE ? 0 : -EINTR
+ 0
