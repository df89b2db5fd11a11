// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE moves a swap entry that is shared
//
// A page that a child has as well is moved if it has been swapped out. The
// check for pages in memory is at another place.
//
// Breaks: UM-1
// Kills: uffd_move_page.refused_page_stays: assertion
// In: mm/userfaultfd.c: move_pages_pte | move_pages_ptes

@@
@@
- !pte_swp_exclusive(orig_src_pte)
+ false
