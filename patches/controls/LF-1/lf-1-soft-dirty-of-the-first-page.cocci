// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: make each entry as soft-dirty as the folio
//
// A folio has no such bit, but its first page has a pte: who unmaps it may take that
// for all.
//
// Breaks: LF-1
// Kills: large_folio_entry.each_page_has_an_entry_of_its_own: assertion
// In: mm/rmap.c: try_to_migrate_one

@@
@@
- if (pte_soft_dirty(pteval))
+ if (!folio_test_large(folio) && pte_soft_dirty(pteval))
  	swp_pte = pte_swp_mksoft_dirty(swp_pte);
