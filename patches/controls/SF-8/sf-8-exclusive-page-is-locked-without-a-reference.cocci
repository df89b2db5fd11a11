// SPDX-License-Identifier: GPL-2.0
// Subject: mm: lock the page of a device-exclusive entry without a reference
//
// The entry has one, so that there seems to be no need. But while the fault sleeps,
// somebody else may restore the entry and unmap the page: it is free then, and gets
// locked and unlocked all the same.
//
// Breaks: SF-8
// Kills: swap_fault_exclusive.lost_exclusive_entry_is_noticed: assertion or report
// In: mm/memory.c: remove_device_exclusive_entry
// Matches: 3

@@
@@
- !folio_try_get(folio)
+ 0

@@
@@
- folio_put(folio);
