// SPDX-License-Identifier: GPL-2.0
// Subject: mm: entries of a pmd that is split are not exclusive
//
// A huge page that is mapped read-only is exclusive to nobody after the
// migration, and each of its pages is copied on the next write.
//
// Breaks: LF-6
// Kills: large_folio_pmd.split_pmd_becomes_entries_of_all_pages: assertion
// In: mm/huge_memory.c: __split_huge_pmd_locked

@@
expression E;
@@
- make_readable_exclusive_migration_entry(E)
+ make_readable_migration_entry(E)
