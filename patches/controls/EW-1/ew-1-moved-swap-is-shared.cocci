// SPDX-License-Identifier: GPL-2.0
// Subject: mm/userfaultfd: move swap without what it belongs to
//
// The entry is built anew, and the bit that says that the page is nobody else's is
// not set again.
//
// Breaks: EW-1, EW-2
// Kills: walker_uffd.uffdio_move_from_meets_each_entry: assertion
// Kills: walker_uffd.uffdio_move_from_tells_neighbours_apart: assertion
// In: mm/userfaultfd.c: move_swap_pte

@@
@@
- set_pte_at(mm, dst_addr, dst_pte, orig_src_pte);
+ set_pte_at(mm, dst_addr, dst_pte, pte_swp_clear_exclusive(orig_src_pte));
