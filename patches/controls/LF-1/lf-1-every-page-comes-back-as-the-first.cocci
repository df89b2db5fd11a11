// SPDX-License-Identifier: GPL-2.0
// Subject: mm: each entry of a large folio comes back as its first page
//
// remove_migration_pte() does not count the page in the folio.
//
// The kernel notices first: CONFIG_DEBUG_VM compares the page with its place in the
// VMA when it is mapped, and ends there.
//
// Breaks: LF-1
// Kills: large_folio_entry.each_page_has_an_entry_of_its_own: report
// In: mm/migrate.c: remove_migration_pte

@@
@@
- new = folio_page(folio, idx);
+ new = folio_page(folio, 0);
