// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE gives up on a page that is locked
//
// A page may be locked for no longer than it takes to reclaim it. The call need not
// fail.
//
// Breaks: UM-2
// Kills: uffd_move_range.locked_page_is_waited_for_in_its_turn: assertion
// In: mm/userfaultfd.c: move_pages_pte | move_pages_ptes

@@
@@
(
- if (!locked && folio_test_large(folio)) {
+ if (!locked) {
  	spin_unlock(src_ptl);
- 	err = -EAGAIN;
+ 	err = -EBUSY;
  	goto out;
  }
|
- if (!locked && folio_test_large(folio)) {
+ if (!locked) {
  	spin_unlock(src_ptl);
- 	ret = -EAGAIN;
+ 	ret = -EBUSY;
  	goto out;
  }
)
