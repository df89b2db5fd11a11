// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a pmd entry that is split is young by chance
//
// Whether a migration entry is young is a bit above its page frame number. It is
// not where pmd_young() looks.
//
// Breaks: ME-4 ME-9
// Kills: huge_page_split.pmd_split_keeps_folio_whole: assertion
// In: mm/huge_memory.c: __split_huge_pmd_locked

@@
expression E;
@@
(
- young = is_migration_entry_young(E);
+ young = pmd_young(old_pmd);
|
- young = softleaf_is_migration_young(E);
+ young = pmd_young(old_pmd);
)
