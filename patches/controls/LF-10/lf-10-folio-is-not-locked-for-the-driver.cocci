// SPDX-License-Identifier: GPL-2.0
// Subject: mm: migrate_to_ram of a huge page gets a folio that is not locked
//
// The lock is dropped again before the driver is asked.
//
// Breaks: LF-10
// Kills: large_folio_device.huge_page_moves_in_one_piece: assertion or report or hang
// Kernels: from 6.19: no huge pages on a device before
// In: mm/huge_memory.c: do_huge_pmd_device_private

@@
@@
  folio_get(folio);
  spin_unlock(ptl);
+ folio_unlock(folio);
  ret = page_pgmap(page)->ops->migrate_to_ram(vmf);
- folio_unlock(folio);
