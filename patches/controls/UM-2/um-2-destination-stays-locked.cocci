// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE keeps the VMA of the destination locked
//
// The source could not be locked, and both have to be locked anew. The one that was
// is not unlocked first, and is locked twice.
//
// Breaks: UM-2
// Kills: uffd_move_lock.locked_vma_is_waited_for: assertion or hang or report
// In: mm/userfaultfd.c: uffd_move_lock

@@
@@
- vma_end_read(*dst_vmap);
  mmap_read_lock(mm);
