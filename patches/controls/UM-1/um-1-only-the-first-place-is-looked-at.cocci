// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE looks at the first place
//
// Pages that follow are moved in the same turn, and what is mapped where they go to
// is lost.
//
// Breaks: UM-1
// Kills: uffd_move_range.move_stops_at_bad_page: assertion
// Kernels: from 6.18: pages are moved one by one before
// In: mm/userfaultfd.c: check_ptes_for_batched_move

@@
@@
- !pte_none(orig_dst_pte)
+ 0
