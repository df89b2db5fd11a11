// SPDX-License-Identifier: GPL-2.0
// Subject: mm: retry a fault that has been tried before
//
// Any fault that allows retries is sent back when its folio is locked, not only the
// first try. Whoever tests FAULT_FLAG_ALLOW_RETRY by hand instead of with
// fault_flag_allow_retry_first() does this, and a busy folio starves the fault.
//
// Breaks: SF-5
// Kills: swap_fault_wait.no_retry_waits_with_lock: assertion
// In: mm/filemap.c: __folio_lock_or_retry

@@
@@
- fault_flag_allow_retry_first(flags)
+ flags & FAULT_FLAG_ALLOW_RETRY
