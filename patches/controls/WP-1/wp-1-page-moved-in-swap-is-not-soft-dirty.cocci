// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE does not mark what it moves in swap
//
// The page is not there, but its entry is, and goes to another address. Who looks for
// what has changed does not see that.
//
// Breaks: WP-1
// Kills: soft_bits_swap.page_moved_in_swap_is_soft_dirty: assertion
// In: mm/userfaultfd.c: move_swap_pte

@@
@@
- orig_src_pte = pte_swp_mksoft_dirty(orig_src_pte);
