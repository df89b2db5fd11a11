// SPDX-License-Identifier: GPL-2.0
// Subject: mm/huge_memory: only anonymous huge pages need an rmap
//
// A huge page of a file comes back to its pmd without being counted as mapped.
//
// Breaks: ME-12, ME-5, ME-4
// Kills: huge_page_entry.round_trip_keeps_tmpfs_pmd: assertion
// In: mm/huge_memory.c: remove_migration_pmd

@@
expression page;
statement S;
@@
  if (folio_test_anon(folio)) S
- else {
- 	folio_add_file_rmap_pmd(folio, page, vma);
- }
