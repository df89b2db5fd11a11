// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE asks the first page whose it is
//
// Pages that follow are moved in the same turn, as long as they are small. That one
// of them is shared with a child is not seen.
//
// Breaks: UM-1
// Kills: uffd_move_range.move_stops_at_bad_page: assertion
// Kernels: from 6.18: pages are moved one by one before
// In: mm/userfaultfd.c: check_ptes_for_batched_move

@@
@@
- !PageAnonExclusive(&folio->page) || folio_test_large(folio)
+ folio_test_large(folio)
