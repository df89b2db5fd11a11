// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a page of tmpfs is clean when it has come back from swap
//
// Its slot is free, so that the page is the only copy; reclaim drops it.
//
// Breaks: SF-11
// Kills: swap_fault_tmpfs.swapped_tmpfs_page_is_written_again: assertion
// In: mm/shmem.c: shmem_swapin_folio

@@
@@
- folio_mark_dirty(folio);
