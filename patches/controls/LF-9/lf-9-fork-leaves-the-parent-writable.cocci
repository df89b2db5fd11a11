// SPDX-License-Identifier: GPL-2.0
// Subject: mm: fork leaves the device-private pmd of the parent writable
//
// The child gets a readable entry, and the parent keeps the one it had.
//
// Breaks: LF-9
// Kills: large_folio_use.fork_shares_a_huge_device_page: assertion or report or hang
// Kernels: from 6.19: no huge pages on a device before
// In: mm/huge_memory.c: copy_huge_non_present_pmd

@@
@@
  entry = make_readable_device_private_entry(swp_offset(entry));
(
  pmd = softleaf_to_pmd(entry);
|
  pmd = swp_entry_to_pmd(entry);
)
  ...
- set_pmd_at(src_mm, addr, src_pmd, pmd);
