// SPDX-License-Identifier: GPL-2.0
// Subject: mm: split a PMD entry into entries for its first page
//
// __split_huge_pmd_locked() forgets to count.
//
// Breaks: ME-4
// Kills: huge_page_split.pmd_split_keeps_folio_whole: assertion
// In: mm/huge_memory.c: __split_huge_pmd_locked

@@
@@
- swp_entry = make_writable_migration_entry(
- 	page_to_pfn(page + i));
+ swp_entry = make_writable_migration_entry(
+ 	page_to_pfn(page));
