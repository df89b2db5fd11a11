// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE forgets mmap_lock where there is no VMA
//
// An error that returns at once, before what it has taken is given back. Whoever wants
// mmap_lock for writing waits for ever, as this task does when it ends.
//
// Breaks: UM-1
// Kills: uffd_move_lock.range_without_a_vma_is_refused: assertion or report or hang
// In: mm/userfaultfd.c: uffd_move_lock

@@
@@
  vma_end_read(*dst_vmap);
  mmap_read_lock(mm);
  err = find_vmas_mm_locked(mm, dst_start, src_start, dst_vmap, src_vmap);
+ if (err)
+ 	return err;
