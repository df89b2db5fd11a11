// SPDX-License-Identifier: GPL-2.0
// Subject: mm/huge_memory: leave a pmd that could not be migrated
//
// The pmd of a pinned huge page, which cannot be shared, is not made valid again: the
// next fault would see to that.
//
// Breaks: ME-15, ME-3
// Kills: huge_page_entry.pinned_huge_page_stays_mapped: assertion
// In: mm/huge_memory.c: set_pmd_migration_entry

@@
@@
- set_pmd_at(mm, address, pvmw->pmd, pmdval);
