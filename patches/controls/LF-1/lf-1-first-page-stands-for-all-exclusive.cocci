// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a page counts as exclusive if the first one is
//
// PG_anon_exclusive is looked up in the folio. It is a flag of each page:
// some of the pages of a folio can be shared with a child, and others not.
//
// The kernel notices first: CONFIG_DEBUG_VM ends at a writable pte whose page is not
// exclusive.
//
// Breaks: LF-1
// Kills: large_folio_entry.each_page_has_an_entry_of_its_own: report
// In: mm/rmap.c: try_to_migrate_one

@@
@@
- PageAnonExclusive(subpage)
+ PageAnonExclusive(&folio->page)
