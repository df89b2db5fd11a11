// SPDX-License-Identifier: GPL-2.0
// Subject: mm: entries of a pmd that is split are clean
//
// __split_huge_pmd_locked() marks the folio dirty, and forgets the entries,
// of which each page has its own.
//
// Breaks: LF-6
// Kills: large_folio_pmd.split_pmd_becomes_entries_of_all_pages: assertion
// In: mm/huge_memory.c: __split_huge_pmd_locked

@@
@@
- swp_entry = make_migration_entry_dirty(swp_entry);
+ ;
