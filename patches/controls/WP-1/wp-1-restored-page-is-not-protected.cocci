// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a migration ends the protection by userfaultfd
//
// The page is read-only, but no longer marked: the next write fault makes it writable,
// and nobody is told.
//
// Breaks: WP-1, WP-2
// Kills: soft_bits_entry.migration_carries_bits: assertion
// Kills: soft_bits_entry.failed_migration_puts_bits_back: assertion
// Kills: soft_bits_report.write_to_protected_page_is_reported: assertion
// In: mm/migrate.c: remove_migration_pte

@@
@@
(
- pte = pte_mkuffd_wp(pte);
+ pte = pte_wrprotect(pte);
|
- pte = pte_mkuffd(pte);
+ pte = pte_wrprotect(pte);
)
