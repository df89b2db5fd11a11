// SPDX-License-Identifier: GPL-2.0
// Subject: mm: keep the lock when the wait is interrupted
//
// When a fatal signal ends the wait of a fault that had been tried before,
// VM_FAULT_RETRY is returned with the lock held. The caller takes it for dropped, so
// it is never dropped at all.
//
// Breaks: SF-4, SF-10
// Kills: swap_fault_wait.sigkill_ends_killable_wait: assertion
// In: mm/filemap.c: __folio_lock_or_retry

@@
@@
- release_fault_lock(vmf);
  return VM_FAULT_RETRY;
