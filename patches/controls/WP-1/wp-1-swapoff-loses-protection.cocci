// SPDX-License-Identifier: GPL-2.0
// Subject: mm: swapoff brings pages back that are not protected
//
// unuse_pte() makes the pte anew.
//
// Breaks: WP-1
// Kills: soft_bits_swap.bits_survive_swapoff: assertion
// In: mm/swapfile.c: unuse_pte

@@
@@
(
- if (pte_swp_uffd_wp(old_pte))
- 	new_pte = pte_mkuffd_wp(new_pte);
|
- if (pte_swp_uffd(old_pte))
- 	new_pte = pte_mkuffd(new_pte);
)
