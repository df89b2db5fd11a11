// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a migration ends the protection of a huge page
//
// As for a small page.
//
// Breaks: WP-1, WP-2
// Kills: soft_bits_huge.failed_huge_migration_puts_bits_back: assertion
// Kills: soft_bits_report.write_to_protected_huge_page_is_reported: assertion
// In: mm/huge_memory.c: remove_migration_pmd

@@
@@
(
- pmde = pmd_mkuffd_wp(pmde);
+ pmde = pmd_wrprotect(pmde);
|
- pmde = pmd_mkuffd(pmde);
+ pmde = pmd_wrprotect(pmde);
)
