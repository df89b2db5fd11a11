// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE trusts a folio that has left the swap cache
//
// When it has got the lock it does not look whether the folio still belongs to
// the entry.
//
// Breaks: UM-2
// Kills: uffd_move_change.uncached_folio_is_left_alone: assertion
// In: mm/userfaultfd.c: move_swap_pte

@@
statement S;
@@
- if (src_folio && unlikely(!folio_test_swapcache(src_folio) || entry.val != src_folio->swap.val))
- 	S
