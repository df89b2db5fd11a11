// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not drop mmap_lock for a locked folio
//
// Only the VMA lock is dropped before the wait, and a fault under mmap_lock returns
// VM_FAULT_RETRY with the lock still held. Whoever thinks that all faults come under
// the VMA lock by now would write this.
//
// Breaks: SF-9
// Kills: swap_fault_stage.every_combination_gives_documented_result: assertion
// In: mm/filemap.c: __folio_lock_or_retry

@@
statement S;
@@
  if (flags & FAULT_FLAG_RETRY_NOWAIT) S
- release_fault_lock(vmf);
+ if (flags & FAULT_FLAG_VMA_LOCK)
+ 	release_fault_lock(vmf);
