// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE moves a page that is pinned
//
// Neither before nor after the pte has been cleared does anybody look for
// pins. Whoever thinks that an exclusive page cannot be pinned leaves this
// out.
//
// Breaks: UM-1
// Kills: uffd_move_page.refused_page_stays uffd_move_range.move_stops_at_bad_page: assertion
// In: mm/userfaultfd.c: move_present_pte | move_present_ptes
// Matches: 2

@@
expression E;
@@
- folio_maybe_dma_pinned(E)
+ false
