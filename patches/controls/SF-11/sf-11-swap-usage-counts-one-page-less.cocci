// SPDX-License-Identifier: GPL-2.0
// Subject: mm: smaps leaves out the last page of tmpfs that is in swap
//
// The end of the range is taken for its last page.
//
// Breaks: SF-11
// Kills: swap_fault_tmpfs.swapped_tmpfs_pages_are_counted: assertion
// In: mm/shmem.c: shmem_partial_swap_usage

@@
@@
- end - 1
+ end - 2
