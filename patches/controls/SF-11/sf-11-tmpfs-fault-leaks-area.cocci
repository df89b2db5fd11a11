// SPDX-License-Identifier: GPL-2.0
// Subject: mm: swap-in of tmpfs keeps a reference on the area
//
// swapoff waits for it for ever.
//
// Breaks: SF-11
// Kills: swap_fault_tmpfs.swapped_tmpfs_page_is_written_again: assertion
// In: mm/shmem.c: shmem_swapin_folio

@@
@@
- put_swap_device(si);
  *foliop = folio;
