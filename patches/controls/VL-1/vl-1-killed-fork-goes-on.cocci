// SPDX-License-Identifier: GPL-2.0
// Subject: kernel/fork: fork() of a killed task goes on
//
// A task that has been killed while it waited for a VMA makes a child nevertheless. Two tests are
// there for it, and look as if nobody could come there.
//
// Breaks: VL-1
// Kills: vma_life_fork.killed_fork_gives_the_vma_back: assertion
// In: kernel/fork.c: copy_process
// In: kernel/fork.c: dup_mmap
// In: mm/mmap.c: dup_mmap
// Matches: 2
// Kernels: before 7.0: the wait for a VMA ends when the task is killed since

@@
@@
- fatal_signal_pending(current)
+ false
