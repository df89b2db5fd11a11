// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE takes any hole for moved
//
// As if UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES were set: a page that the caller
// believes to have been moved is not there.
//
// Breaks: UM-1
// Kills: uffd_move_page.refused_page_stays uffd_move_range.move_stops_at_bad_page: assertion
// In: mm/userfaultfd.c: move_pages_pte | move_pages_ptes

@@
@@
- !(mode & UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES)
+ false
