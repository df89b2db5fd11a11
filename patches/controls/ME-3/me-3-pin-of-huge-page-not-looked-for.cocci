// SPDX-License-Identifier: GPL-2.0
// Subject: mm/huge_memory: share a huge page before it is migrated
//
// A huge page that is exclusive becomes shared when it gets its migration entry,
// whether it is pinned or not.
//
// Breaks: ME-3, ME-15
// Kills: huge_page_entry.pinned_huge_page_stays_mapped: assertion
// In: mm/huge_memory.c: set_pmd_migration_entry
// Matches: 2

@@
@@
- anon_exclusive && folio_try_share_anon_rmap_pmd(folio, page)
+ anon_exclusive

@@
@@
- set_pmd_at(mm, address, pvmw->pmd, pmdval);
- return -EBUSY;
+ ClearPageAnonExclusive(page);
