// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE takes the entry of a huge page under migration for a page
//
// Where the mapping has to be split, the pmd may be an entry.
//
// Breaks: UM-1, UM-2
// Kills: uffd_move_sleep.page_of_a_huge_page_is_moved_afterwards: assertion or report
// In: mm/userfaultfd.c: move_pages

@@
@@
- pmd_present(*src_pmd)
+ true
