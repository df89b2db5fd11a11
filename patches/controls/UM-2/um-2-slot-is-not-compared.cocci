// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE takes any folio of the swap cache
//
// The folio is in the swap cache, but for another slot by now.
//
// Breaks: UM-2
// Kills: uffd_move_change.uncached_folio_is_left_alone: assertion
// In: mm/userfaultfd.c: move_swap_pte

@@
@@
- unlikely(!folio_test_swapcache(src_folio) || entry.val != src_folio->swap.val)
+ unlikely(!folio_test_swapcache(src_folio))
