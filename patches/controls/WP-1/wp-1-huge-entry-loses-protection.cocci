// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the entry of a huge page forgets that it is protected
//
// As for a small page.
//
// Breaks: WP-1, WP-2
// Kills: soft_bits_huge.huge_migration_carries_bits: assertion
// Kills: soft_bits_report.write_to_protected_huge_page_is_reported: assertion
// In: mm/huge_memory.c: set_pmd_migration_entry

@@
expression E;
@@
(
- if (E)
- 	pmdswp = pmd_swp_mkuffd_wp(pmdswp);
|
- if (E)
- 	pmdswp = pmd_swp_mkuffd(pmdswp);
)
