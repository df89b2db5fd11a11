// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mprotect only has to do with the entries of huge files
//
// An anonymous huge page is the task's own, who would not write to what it has just
// made read-only.
//
// Breaks: ME-8
// Kills: huge_page_entry.mprotect_downgrades_huge_entry: assertion
// In: mm/huge_memory.c: change_non_present_huge_pmd | change_huge_pmd

@@
@@
(
- softleaf_is_migration_write(entry)
+ softleaf_is_migration_write(entry) &&
+ 	    !folio_test_anon(softleaf_to_folio(entry))
|
- is_writable_migration_entry(entry)
+ is_writable_migration_entry(entry) && !folio_test_anon(folio)
)
