// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a task that is killed believes that the folio is unlocked
//
// As mw-7-killed-waiter-has-the-lock, for who does not want the lock.
//
// Breaks: MW-7
// Kills: migration_wait_lock.killable_wait_tells_how_it_ended: assertion
// In: mm/filemap.c: folio_wait_bit_common

@@
@@
- wait->flags & WQ_FLAG_WOKEN ? 0 : -EINTR
+ 0
