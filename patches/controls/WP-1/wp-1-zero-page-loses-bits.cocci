// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the zero page that replaces a page has none of its bits
//
// As before 9658d698a8a8 ("mm/rmap: fix soft-dirty and uffd-wp bit loss when remapping
// zero-filled mTHP subpage to shared zeropage"): the pte of the zero page is made anew.
//
// Breaks: WP-1
// Kills: soft_bits_entry.zero_page_has_the_bits_of_the_page_it_replaces: assertion
// In: mm/migrate.c: try_to_map_unused_to_zeropage

@@
@@
(
- if (pte_swp_uffd_wp(old_pte))
- 	newpte = pte_mkuffd_wp(newpte);
|
- if (pte_swp_uffd(old_pte))
- 	newpte = pte_mkuffd(newpte);
)
