// SPDX-License-Identifier: GPL-2.0
// Subject: mm: ignore FAULT_FLAG_RETRY_NOWAIT under the VMA lock
//
// handle_mm_fault() drops the flag that it cannot serve under the VMA lock, and a
// fault that must not wait does. Whoever takes the WARN for too harsh would be lenient
// like this.
//
// Breaks: SF-3
// Kills: swap_fault_wait.nowait_is_refused_under_vma_lock: assertion
// In: mm/memory.c: sanitize_fault_flags

@@
@@
- if (WARN_ON_ONCE((*flags &
- 		(FAULT_FLAG_VMA_LOCK | FAULT_FLAG_RETRY_NOWAIT)) ==
- 		(FAULT_FLAG_VMA_LOCK | FAULT_FLAG_RETRY_NOWAIT)))
- 	return VM_FAULT_SIGSEGV;
+ if (*flags & FAULT_FLAG_VMA_LOCK)
+ 	*flags &= ~FAULT_FLAG_RETRY_NOWAIT;
