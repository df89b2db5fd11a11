// SPDX-License-Identifier: GPL-2.0
// Subject: mm/shmem: a page of the swap cache takes the place of a large entry
//
// The file has one entry for all pages, and the swap cache a single one of them. Its
// neighbours are lost: 058313515d5a ("mm: shmem: fix potential data corruption during
// shmem swapin").
//
// Breaks: TS-1
// Kills: large_swap_tmpfs.neighbours_of_a_read_page_are_kept: assertion or report or hang
// Variants: full
// In: mm/shmem.c: shmem_swapin_folio

@@
@@
- order > folio_order(folio)
+ order > folio_order(folio) + 9
