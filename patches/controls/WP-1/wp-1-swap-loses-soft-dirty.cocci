// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a page that goes to swap is not soft-dirty any more
//
// The swap entry is made without the bit.
//
// Breaks: WP-1
// Kills: soft_bits_swap.bits_survive_swap: assertion
// In: mm/rmap.c: swp_pte_prepare | try_to_unmap_one

@@
@@
(
- if (pte_soft_dirty(old_pte))
- 	swp_pte = pte_swp_mksoft_dirty(swp_pte);
|
- if (pte_soft_dirty(pteval))
- 	swp_pte = pte_swp_mksoft_dirty(swp_pte);
)
