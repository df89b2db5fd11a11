// SPDX-License-Identifier: GPL-2.0
// Subject: mm: split the PMD entry of an old page into young ones
//
// Somebody has just done something to the address.
//
// Breaks: ME-4
// Kills: huge_page_split.pmd_split_keeps_folio_whole: assertion
// In: mm/huge_memory.c: __split_huge_pmd_locked

@@
@@
(
- young = softleaf_is_migration_young(entry);
+ young = true;
|
- young = is_migration_entry_young(entry);
+ young = true;
)
