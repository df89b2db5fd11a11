// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE leaves the dirty bit behind
//
// The new pte is clean, and the page may be dropped by reclaim. Whoever makes
// a new pte by hand forgets this easily.
//
// Breaks: UM-1, UM-2
// Kills: uffd_move_page.exclusive_page_moves: assertion
// Kills: uffd_move_sleep.locked_page_is_waited_for: assertion
// In: mm/userfaultfd.c: move_present_pte | move_present_ptes

@@
@@
- if (pte_dirty(orig_src_pte))
- 	orig_dst_pte = pte_mkdirty(orig_dst_pte);
