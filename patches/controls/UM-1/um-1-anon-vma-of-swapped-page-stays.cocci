// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a folio in the swap cache keeps its anon_vma
//
// The entry is moved, and the folio that a fault there will find belongs to
// the VMA of the old place.
//
// Breaks: UM-1, UM-2
// Kills: uffd_move_page.swapped_page_moves: assertion
// In: mm/userfaultfd.c: move_swap_pte

@@
@@
- folio_move_anon_rmap(src_folio, dst_vma);
