// SPDX-License-Identifier: GPL-2.0
// Subject: mm: wait in a fault that must not wait
//
// FAULT_FLAG_RETRY_NOWAIT is not looked at when the folio is locked, so that KVM waits
// for the I/O itself. Whoever moves the early returns about may lose this one.
//
// Breaks: SF-3
// Kills: swap_fault_wait.nowait_fault_returns_at_once: assertion
// In: mm/filemap.c: __folio_lock_or_retry

@@
@@
- if (flags & FAULT_FLAG_RETRY_NOWAIT)
- 	return VM_FAULT_RETRY;
