// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the lock of a folio is handed over at once
//
// Nobody else can have it before the one that waited longest has been
// scheduled.
//
// Breaks: MW-7
// Kills: migration_wait_lock.stolen_lock_is_handed_over: assertion
// In: mm/filemap.c: folio_wait_bit_common

@@
@@
- --unfairness < 0
+ true
