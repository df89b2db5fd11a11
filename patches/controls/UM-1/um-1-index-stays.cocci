// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a page that UFFDIO_MOVE has moved keeps its index
//
// The reverse map looks for the page at the wrong address. mremap() gets along
// without a new index, since the VMA keeps its own.
//
// Breaks: UM-1, UM-2
// Kills: uffd_move_page.exclusive_page_moves uffd_move_page.page_moves_within_vma: assertion
// Kills: uffd_move_change.move_is_serial_with_any_change: assertion
// Kills: uffd_move_change.replaced_page_is_not_moved: assertion
// In: mm/userfaultfd.c: move_present_pte | move_present_ptes

@@
expression E;
@@
- src_folio->index = E;
