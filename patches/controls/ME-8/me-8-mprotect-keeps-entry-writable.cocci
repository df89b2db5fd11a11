// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mprotect() does not see migration entries
//
// A writable entry stays writable when its VMA becomes read-only, and so does the pte
// after the migration. This is what mprotect() did to entries before there were two
// kinds.
//
// Breaks: ME-8
// Kills: migration_entry_mprotect.mprotect_downgrades_entry: assertion
// In: mm/mprotect.c: change_softleaf_pte | change_pte_range

@@
@@
(
- softleaf_is_migration_write(entry)
+ softleaf_is_migration_write(entry) && !vma_is_accessible(vma)
|
- is_writable_migration_entry(entry)
+ is_writable_migration_entry(entry) &&
+ 	    !vma_is_accessible(vma)
)
