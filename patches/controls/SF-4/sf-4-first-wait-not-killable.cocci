// SPDX-License-Identifier: GPL-2.0
// Subject: mm: wait for a locked folio unkillably
//
// The wait before the first retry ignores FAULT_FLAG_KILLABLE, so that a killed task
// stays until the I/O is done. Whoever thinks that dropping the lock is enough to be
// kind would simplify it so.
//
// Breaks: SF-4
// Kills: swap_fault_wait.sigkill_ends_killable_wait: assertion
// In: mm/filemap.c: __folio_lock_or_retry

@@
@@
- if (flags & FAULT_FLAG_KILLABLE)
- 		folio_wait_locked_killable(folio);
- 	else
- 		folio_wait_locked(folio);
+ folio_wait_locked(folio);
