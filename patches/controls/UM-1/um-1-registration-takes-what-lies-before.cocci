// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_REGISTER begins where the VMA does
//
// The range may begin in the middle of the first VMA.
//
// Breaks: UM-1
// Kills: uffd_move_event.only_the_registered_part_is_watched: assertion or report
// In: mm/userfaultfd.c: userfaultfd_register_range

@@
@@
- if (vma->vm_start > start)
- 	start = vma->vm_start;
+ start = vma->vm_start;
