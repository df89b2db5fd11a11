// SPDX-License-Identifier: GPL-2.0
// Subject: mm/filemap: wake nobody if the lock was taken again
//
// Who waited for it to be dropped has what he waited for, and is not woken again.
//
// Breaks: MW-7
// Kills: migration_wait_lock.all_that_only_wait_are_woken: assertion
// In: mm/filemap.c: wake_page_function

@@
statement S;
@@
- if (flags & WQ_FLAG_EXCLUSIVE) S
+ S
