// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE does not mark what it moves
//
// Who looks for what has changed does not see that there is another page at the new
// address.
//
// Breaks: WP-1
// Kills: soft_bits_marker.moved_page_is_soft_dirty_and_not_protected: assertion
// In: mm/userfaultfd.c: move_present_pte | move_present_ptes

@@
@@
- orig_dst_pte = pte_mksoft_dirty(orig_dst_pte);
