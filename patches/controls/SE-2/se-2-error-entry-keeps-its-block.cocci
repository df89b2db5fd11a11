// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a tmpfs page that could not be read keeps its block
//
// The inode goes on counting it as allocated, and as swapped.
//
// Breaks: SE-2
// Kills: swap_error_tmpfs.unreadable_tmpfs_page_is_lost: assertion
// In: mm/shmem.c: shmem_set_folio_swapin_error

@@
expression E1, E2, E3;
@@
- shmem_recalc_inode(E1, E2, E3);
