// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the lock of a folio may be stolen for ever
//
// A task that waits is woken, and goes back into the queue when somebody else
// was faster, however often.
//
// Breaks: MW-7
// Kills: migration_wait_lock.stolen_lock_is_handed_over: assertion
// In: mm/filemap.c: folio_wait_bit_common

@@
@@
- --unfairness < 0
+ false
