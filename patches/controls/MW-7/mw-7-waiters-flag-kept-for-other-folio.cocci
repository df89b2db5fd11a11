// SPDX-License-Identifier: GPL-2.0
// Subject: mm: keep PG_waiters as long as anyone is in the queue
//
// PG_waiters is only cleared when the whole queue is empty. While another folio has
// waiters in it, each unlock of this one takes the slow path for nothing. A
// simplification by someone who takes the queue for the folio's own.
//
// Breaks: MW-7
// Kills: migration_wait_wake.unlock_wakes_only_own_waiters: assertion
// In: mm/filemap.c: folio_wake_bit

@@
@@
- !waitqueue_active(q) || !key.page_match
+ !waitqueue_active(q)
