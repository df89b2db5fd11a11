// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a fault on a huge device page that is locked comes back at once
//
// It says that it has been served, and is taken again, and again.
//
// Breaks: LF-10
// Kills: large_folio_use.fault_waits_for_a_locked_huge_device_page: assertion or report or hang
// Kernels: from 6.19: no huge pages on a device before
// In: mm/huge_memory.c: do_huge_pmd_device_private

@@
@@
- softleaf_entry_wait_on_locked(entry, ptl);
+ spin_unlock(ptl);
