// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a migration entry forgets that the page is protected
//
// As for the soft-dirty bit. The page comes back without the bit, and the first write to
// it is not reported.
//
// Breaks: WP-1
// Kills: soft_bits_entry.migration_carries_bits: assertion
// In: mm/rmap.c: try_to_migrate_one

@@
@@
(
- if (pte_uffd_wp(pteval))
- 	swp_pte = pte_swp_mkuffd_wp(swp_pte);
|
- if (pte_uffd(pteval))
- 	swp_pte = pte_swp_mkuffd(swp_pte);
)
