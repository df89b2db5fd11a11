// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a device-private entry is turned into a migration entry by the bits of a pmd
//
// Whether it is writable is looked up where a mapped page would have it.
// These are bits of the page frame number.
//
// Breaks: LF-9, LF-8
// Kills: large_folio_use.fork_shares_a_huge_device_page: assertion or report or hang
// Kills: large_folio_device.huge_page_moves_in_one_piece: assertion or report or hang
// Kernels: from 6.19: no huge pages on a device before
// In: mm/huge_memory.c: set_pmd_migration_entry

@@
@@
(
- writable = softleaf_is_device_private_write(old_entry);
+ writable = pmd_write(pmdval);
|
- present ? pmd_write(pmdval) : softleaf_is_device_private_write(...)
+ pmd_write(pmdval)
)
