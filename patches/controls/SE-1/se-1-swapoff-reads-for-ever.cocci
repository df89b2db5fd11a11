// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a tmpfs page that cannot be read stays in swap
//
// No error entry is put in its place, since the next read might succeed.
// swapoff reads it again and again.
//
// swapoff() has to end, and does not: the case hangs there. From 6.14 to 6.19 the page is
// read past the swap cache, so that swapoff reads the device again. The disk of the case
// fails once: the second read succeeds, and the case sees that the page is not lost.
//
// Breaks: SE-1
// Kills: swap_error_tmpfs.swapoff_ends_with_lost_tmpfs_page: hang or assertion
// In: mm/shmem.c: shmem_swapin_folio

@@
expression E;
@@
(
- if (error == -EIO)
- 	shmem_set_folio_swapin_error(inode, index, folio, swap);
|
- if (error == -EIO)
- 	shmem_set_folio_swapin_error(inode, index, folio, swap, E);
)
