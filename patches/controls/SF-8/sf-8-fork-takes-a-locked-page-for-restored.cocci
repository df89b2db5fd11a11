// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: take a page back from a device at fork, locked or not
//
// If it is locked, it was not taken back, and the entry is read as a pte.
//
// Breaks: SF-8, EW-1
// Kills: swap_fault_exclusive.fork_fails_if_exclusive_page_is_locked: assertion or report
// In: mm/memory.c: copy_nonpresent_pte

@@
expression a, b, x, d;
@@
(
- if (try_restore_exclusive_pte(a, b, x))
-   return -EBUSY;
+ try_restore_exclusive_pte(a, b, x);
|
- if (try_restore_exclusive_pte(a, b, x, d))
-   return -EBUSY;
+ try_restore_exclusive_pte(a, b, x, d);
)
