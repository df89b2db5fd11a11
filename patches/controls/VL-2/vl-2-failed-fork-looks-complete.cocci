// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a fork() that has failed leaves an mm that looks complete
//
// swapoff, or any other who finds the mm in a list, goes through VMAs that have
// never been made.
//
// Breaks: VL-2
// Kills: vma_life_fork.failed_fork_leaves_nothing: assertion
// In: kernel/fork.c: dup_mmap
// In: mm/mmap.c: dup_mmap

@@
@@
(
- mm_flags_set(MMF_UNSTABLE, mm);
|
- set_bit(MMF_UNSTABLE, &mm->flags);
)
