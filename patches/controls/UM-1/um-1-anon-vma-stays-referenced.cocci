// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE keeps its reference on the anon_vma
//
// It is unlocked, and nobody frees it any more.
//
// Breaks: UM-1, UM-2
// Kills: uffd_move_change.move_is_serial_with_any_change: assertion
// In: mm/userfaultfd.c: move_pages_pte
// Kernels: before 6.19: the mover takes no reference since

@@
@@
- put_anon_vma(src_anon_vma);
