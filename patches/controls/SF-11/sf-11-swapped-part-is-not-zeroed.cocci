// SPDX-License-Identifier: GPL-2.0
// Subject: mm: truncation leaves a part of a page that is in swap
//
// What was cut off is there again when the file is extended.
//
// Breaks: SF-11
// Kills: swap_fault_tmpfs.swapped_part_of_a_page_is_zeroed: assertion
// In: mm/shmem.c: shmem_get_partial_folio

@@
@@
- shmem_get_folio(inode, index, 0, &folio, SGP_READ);
