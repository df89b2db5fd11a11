// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE keeps its reference on the anon_vma of a huge page
//
// It is unlocked, and nobody frees it any more.
//
// Breaks: UM-1, UM-2
// Kills: uffd_move_lock.locked_huge_page_is_waited_for: assertion
// In: mm/huge_memory.c: move_pages_huge_pmd
// Kernels: before 6.19: the mover takes no reference since

@@
@@
- put_anon_vma(src_anon_vma);
