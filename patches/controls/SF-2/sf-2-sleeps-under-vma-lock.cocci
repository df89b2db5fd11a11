// SPDX-License-Identifier: GPL-2.0
// Subject: mm: wait for a locked folio under the VMA lock
//
// The VMA lock is dropped after the wait for the folio instead of before it, so that
// whoever wants to change the VMA waits for the I/O. The result is the same, and so it
// is easily overlooked when the two are moved about.
//
// Breaks: SF-2
// Kills: swap_fault_wait.locked_folio_wait_drops_vma_lock: assertion
// In: mm/filemap.c: __folio_lock_or_retry

@@
statement S1, S2;
@@
- release_fault_lock(vmf);
  if (flags & FAULT_FLAG_KILLABLE) S1 else S2
+ release_fault_lock(vmf);
