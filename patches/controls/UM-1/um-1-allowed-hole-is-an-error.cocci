// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE stops at a hole in any case
//
// UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES is looked at where there is no page table, and not where there
// is one. There are three places to think of.
//
// Breaks: UM-1
// Kills: uffd_move_page.hole_counts_as_moved: assertion
// In: mm/userfaultfd.c: move_pages_pte | move_pages_ptes

@@
@@
- !(mode & UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES)
+ true
