// SPDX-License-Identifier: GPL-2.0
// Subject: mm: keep the reference of the pmd for the entry that replaces it
//
// An entry stands for the page, one might think, and so needs its reference. Nobody
// drops it, and the page is never free.
//
// Breaks: ME-9
// Kills: huge_page_entry.unmapped_huge_page_is_not_restored: assertion
// In: mm/huge_memory.c: set_pmd_migration_entry

@@
@@
- folio_put(folio);
