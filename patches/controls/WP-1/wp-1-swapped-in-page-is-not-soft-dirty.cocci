// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a page that comes from swap is not soft-dirty
//
// do_swap_page() makes the pte anew.
//
// Breaks: WP-1
// Kills: soft_bits_swap.bits_survive_swap: assertion
// In: mm/memory.c: do_swap_page

@@
@@
- if (pte_swp_soft_dirty(vmf->orig_pte))
- 	pte = pte_mksoft_dirty(pte);
