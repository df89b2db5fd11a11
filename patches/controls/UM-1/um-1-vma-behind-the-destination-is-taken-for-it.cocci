// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE takes the next VMA for that of the destination
//
// The source begins where the VMA of the destination ends.
//
// Breaks: UM-1
// Kills: uffd_move_range.page_moves_to_the_next_vma: assertion
// In: mm/userfaultfd.c: uffd_move_lock

@@
@@
- src_start >= vma->vm_start && src_start < vma->vm_end
+ src_start >= vma->vm_start && src_start <= vma->vm_end
