// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE sleeps with a reference on a large folio
//
// Whoever has the folio locked cannot split it as long as somebody waits for
// it like that.
//
// Breaks: UM-3
// Kills: uffd_move_sleep.locked_large_folio_can_be_split: assertion
// In: mm/userfaultfd.c: move_pages_pte | move_pages_ptes

@@
@@
- !locked && folio_test_large(folio)
+ false
