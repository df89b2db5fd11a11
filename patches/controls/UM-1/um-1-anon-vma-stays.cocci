// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a page that UFFDIO_MOVE has moved keeps its anon_vma
//
// The reverse map looks for the page in the old VMA. Where both are in the
// same VMA nobody notices.
//
// Breaks: UM-1, UM-2
// Kills: uffd_move_page.exclusive_page_moves: assertion
// In: mm/userfaultfd.c: move_present_pte | move_present_ptes

@@
@@
- folio_move_anon_rmap(src_folio, dst_vma);
