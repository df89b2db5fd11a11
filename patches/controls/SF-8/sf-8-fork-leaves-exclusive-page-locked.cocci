// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leave the page locked when fork() restores it
//
// The page of a device-exclusive entry that fork() has put back stays locked for ever.
// Whoever turns the function round for an early return may lose the unlock.
//
// Breaks: SF-8
// Kills: swap_fault_exclusive.fork_ends_exclusive_access: assertion
// In: mm/memory.c: try_restore_exclusive_pte

@@
@@
(
- unlock_page(page);
|
- folio_unlock(folio);
)
