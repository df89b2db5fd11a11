// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE refuses a page of the huge zero page
//
// It is exclusive to nobody.
//
// Breaks: UM-1
// Kills: uffd_move_huge.page_of_the_huge_zero_page_moves: assertion or report
// In: mm/userfaultfd.c: move_pages

@@
@@
- !is_huge_zero_folio(folio) && !PageAnonExclusive(&folio->page)
+ !PageAnonExclusive(&folio->page)
