// SPDX-License-Identifier: GPL-2.0
// Subject: mm: fork() does not lock the VMAs of the parent
//
// Faults of the parent under the VMA lock alone can make a page writable again
// that the child has as well.
//
// The kernel notices first: it ends when fork() writes to page tables of a VMA that is
// not write-locked.
//
// Breaks: VL-2
// Kills: vma_life_fault.fork_keeps_faults_of_the_parent_out: report
// In: kernel/fork.c: dup_mmap
// In: mm/mmap.c: dup_mmap

@@
@@
(
- vma_start_write(mpnt);
|
- retval = vma_start_write_killable(mpnt);
+ retval = 0;
)
