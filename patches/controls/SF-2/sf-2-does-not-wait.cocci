// SPDX-License-Identifier: GPL-2.0
// Subject: mm: retry at once when the folio is locked
//
// The lock is dropped and VM_FAULT_RETRY returned without a wait for the folio, so
// that the task spins through its fault handler. Whoever thinks that the retry waits
// anyway would drop the wait.
//
// Breaks: SF-2, SF-4
// Kills: swap_fault_wait.locked_folio_wait_drops_vma_lock: assertion
// Kills: swap_fault_wait.sigkill_does_not_end_other_waits: assertion
// In: mm/filemap.c: __folio_lock_or_retry

@@
@@
- if (flags & FAULT_FLAG_KILLABLE)
- 		folio_wait_locked_killable(folio);
- 	else
- 		folio_wait_locked(folio);
