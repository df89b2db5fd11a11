// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE tries for ever to split a folio that is in use
//
// A reference of somebody else makes the split fail with -EAGAIN, and the
// caller takes that for a reason to try again.
//
// Breaks: UM-2, UM-1
// Kills: uffd_move_huge.large_folio_in_use_stays: assertion
// In: mm/userfaultfd.c: move_pages_pte | move_pages_ptes

@@
identifier err = {err, ret};
@@
  err = split_folio(src_folio);
  if (err) {
- 	if (err == -EAGAIN)
- 		err = -EBUSY;
  	...
  }
