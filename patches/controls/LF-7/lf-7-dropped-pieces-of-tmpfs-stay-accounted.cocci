// SPDX-License-Identifier: GPL-2.0
// Subject: mm: pages that a split takes out of tmpfs stay accounted
//
// The inode has the blocks of pages that are behind its end and free.
//
// Breaks: LF-7
// Kills: large_folio_split.tmpfs_folio_behind_the_end_is_split: assertion or report
// In: mm/huge_memory.c: __split_huge_page | __folio_split

@@
expression E, N;
@@
- shmem_uncharge(E, N);
+ ;
