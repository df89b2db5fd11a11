// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a page that goes to swap is not protected any more
//
// The swap entry is made without the bit.
//
// Breaks: WP-1, WP-2
// Kills: soft_bits_swap.bits_survive_swap: assertion
// Kills: soft_bits_report.write_to_protected_page_is_reported: assertion
// In: mm/rmap.c: swp_pte_prepare | try_to_unmap_one

@@
@@
(
- if (pte_uffd(old_pte))
- 	swp_pte = pte_swp_mkuffd(swp_pte);
|
- if (pte_uffd_wp(pteval))
- 	swp_pte = pte_swp_mkuffd_wp(swp_pte);
|
- if (pte_uffd(pteval))
- 	swp_pte = pte_swp_mkuffd(swp_pte);
)
