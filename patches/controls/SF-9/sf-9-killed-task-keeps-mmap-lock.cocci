// SPDX-License-Identifier: GPL-2.0
// Subject: mm: keep mmap_lock when a killed task gives up
//
// __folio_lock_or_retry() drops the VMA lock, but not mmap_lock, when a fatal signal
// ends the wait for the folio. Somebody who splits release_fault_lock() for the new
// lock would forget the old one here.
//
// Breaks: SF-9
// Kills: swap_fault_wait.sigkill_ends_killable_wait: assertion
// In: mm/filemap.c: __folio_lock_or_retry

@@
@@
- release_fault_lock(vmf);
+ if (flags & FAULT_FLAG_VMA_LOCK)
+ 	vma_end_read(vmf->vma);
  return VM_FAULT_RETRY;
