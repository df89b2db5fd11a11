// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE fails where the VMA of the source is locked
//
// It has to be tried again with mmap_lock. The caller is told to do so, but has no
// such lock.
//
// Breaks: UM-2
// Kills: uffd_move_lock.locked_vma_is_waited_for: assertion
// In: mm/userfaultfd.c: uffd_move_lock

@@
@@
  vma_end_read(*dst_vmap);
+ return -EAGAIN;
  mmap_read_lock(mm);
