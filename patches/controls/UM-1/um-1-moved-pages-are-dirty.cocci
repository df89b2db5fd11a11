// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE makes pages dirty
//
// As mremap() does with huge pages. But a page that is clean could be dropped, and
// now has to be written out.
//
// Breaks: UM-1
// Kills: uffd_move_range.each_page_keeps_its_dirty_bit: assertion
// In: mm/userfaultfd.c: move_present_pte | move_present_ptes

@@
@@
- if (pte_dirty(orig_src_pte))
- 	orig_dst_pte = pte_mkdirty(orig_dst_pte);
+ orig_dst_pte = pte_mkdirty(orig_dst_pte);
