// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE does not look at a huge page again
//
// The mover sleeps for the lock of the huge page. What was there before is moved,
// whatever is there now.
//
// Breaks: UM-2
// Kills: uffd_move_lock.locked_huge_page_is_waited_for: assertion or report or hang
// In: mm/huge_memory.c: move_pages_huge_pmd

@@
@@
- unlikely(!pmd_same(*src_pmd, src_pmdval) || !pmd_same(*dst_pmd, dst_pmdval))
+ 0
