// SPDX-License-Identifier: GPL-2.0
// Subject: mm/filemap: wake one task at a time
//
// Those that do not want the lock will not drop it either, so that nobody wakes the next one.
//
// Breaks: MW-7
// Kills: migration_wait_lock.all_that_only_wait_are_woken: assertion
// In: mm/filemap.c: folio_wait_bit_common

@@
@@
- wait->flags = 0;
+ wait->flags = WQ_FLAG_EXCLUSIVE;
