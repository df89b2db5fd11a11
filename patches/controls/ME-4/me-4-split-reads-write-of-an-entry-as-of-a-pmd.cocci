// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a pmd entry that is split is writable by chance
//
// Whether a migration entry is writable is in its type. pmd_write() takes a bit
// of the type, or of the page frame number, for it.
//
// Breaks: ME-4 ME-9
// Kills: huge_page_split.pmd_split_keeps_folio_whole: assertion
// In: mm/huge_memory.c: __split_huge_pmd_locked

@@
expression E;
@@
(
- write = is_writable_migration_entry(E);
+ write = pmd_write(old_pmd);
|
- write = softleaf_is_migration_write(E);
+ write = pmd_write(old_pmd);
)
