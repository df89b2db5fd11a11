// SPDX-License-Identifier: GPL-2.0
// Subject: mm: entries of a large folio refer to its first page
//
// try_to_migrate_one() takes the folio for the page. Whoever turns pages into
// folios, one function after the other, writes this.
//
// Breaks: LF-1
// Kills: large_folio_entry.each_page_has_an_entry_of_its_own: assertion
// In: mm/rmap.c: try_to_migrate_one

@@
@@
- make_writable_migration_entry(page_to_pfn(subpage))
+ make_writable_migration_entry(folio_pfn(folio))
