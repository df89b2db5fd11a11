// SPDX-License-Identifier: GPL-2.0
// Subject: mm: drop the lock of a fault that must not wait
//
// A fault with FAULT_FLAG_RETRY_NOWAIT drops its lock like any other that returns
// VM_FAULT_RETRY. Whoever finds the exception odd, and does not know that its callers
// go on under the lock, would do away with it.
//
// Breaks: SF-3
// Kills: swap_fault_wait.nowait_fault_returns_at_once: assertion
// Kills: swap_fault_wait.nowait_keeps_vma_lock: assertion
// In: mm/filemap.c: __folio_lock_or_retry
// Matches: 2

@@
statement S;
@@
+ release_fault_lock(vmf);
  if (flags & FAULT_FLAG_RETRY_NOWAIT) S

@@
statement S;
@@
  if (flags & FAULT_FLAG_RETRY_NOWAIT) S
- release_fault_lock(vmf);
