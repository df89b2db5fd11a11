// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a folio in the swap cache keeps its index
//
// The entry is moved, and the folio that a fault there will find has the index
// of the old place.
//
// Breaks: UM-1
// Kills: uffd_move_page.swapped_page_moves uffd_move_range.mixed_pages_move: assertion
// In: mm/userfaultfd.c: move_swap_pte

@@
expression E;
@@
- src_folio->index = E;
