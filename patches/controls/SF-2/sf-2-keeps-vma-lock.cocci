// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not drop the VMA lock for a locked folio
//
// Only mmap_lock is dropped before the wait, and a fault under the VMA lock returns
// VM_FAULT_RETRY with the lock still held. Whoever misses one place when the VMA lock
// comes beside mmap_lock leaves this behind.
//
// Breaks: SF-2, SF-10
// Kills: swap_fault_wait.locked_folio_wait_drops_vma_lock: assertion
// In: mm/filemap.c: __folio_lock_or_retry

@@
statement S;
@@
  if (flags & FAULT_FLAG_RETRY_NOWAIT) S
- release_fault_lock(vmf);
+ if (!(flags & FAULT_FLAG_VMA_LOCK))
+ 	release_fault_lock(vmf);
