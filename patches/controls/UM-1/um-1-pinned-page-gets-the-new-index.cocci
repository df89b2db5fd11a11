// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE changes the folio before it looks for pins
//
// The page stays where it is, and the reverse map does not find it there.
//
// Breaks: UM-1
// Kills: uffd_move_page.refused_page_stays: assertion
// In: mm/userfaultfd.c: move_present_pte | move_present_ptes

@@
@@
+ src_folio->index = dst_addr >> PAGE_SHIFT;
  if (folio_test_large(src_folio) ||
      folio_maybe_dma_pinned(src_folio) ||
      !PageAnonExclusive(&src_folio->page)) {
  	...
  }
