// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE keeps a destination that it has let go of
//
// It has been found once. But the VMA may have gone while the mover waited for that of
// the source.
//
// Breaks: UM-2, UM-1
// Kills: uffd_move_lock.replaced_destination_is_looked_up_again: assertion or report
// In: mm/userfaultfd.c: find_vmas_mm_locked

@@
@@
- *dst_vmap = vma;
