// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a page that comes from swap is not protected
//
// do_swap_page() makes the pte anew.
//
// Breaks: WP-1, WP-2
// Kills: soft_bits_swap.bits_survive_swap: assertion
// Kills: soft_bits_report.write_to_protected_page_is_reported: assertion
// In: mm/memory.c: do_swap_page

@@
@@
(
- if (pte_swp_uffd_wp(vmf->orig_pte))
- 	pte = pte_mkuffd_wp(pte);
|
- if (pte_swp_uffd(vmf->orig_pte))
- 	pte = pte_mkuffd(pte);
)
