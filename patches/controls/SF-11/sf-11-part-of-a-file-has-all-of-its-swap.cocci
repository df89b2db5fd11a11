// SPDX-License-Identifier: GPL-2.0
// Subject: mm: smaps counts pages of tmpfs that are not mapped
//
// A mapping of a part of the file is told all that the file has in swap.
//
// Breaks: SF-11
// Kills: swap_fault_tmpfs.swapped_tmpfs_pages_are_counted: assertion
// In: mm/shmem.c: shmem_swap_usage

@@
expression E1, E2;
@@
- !E1 && vma->vm_end - vma->vm_start >= E2
+ true
