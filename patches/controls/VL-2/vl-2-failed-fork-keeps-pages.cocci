// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a fork() that has failed keeps its pages
//
// The VMAs that were copied go, and the references of their pages stay.
//
// Breaks: VL-2
// Kills: vma_life_fork.failed_fork_leaves_nothing: assertion or report
// In: mm/mmap.c: dup_mmap
// Kernels: from 7.0: exit_mmap() does it before

@@
@@
- unmap_region(&unmap);
