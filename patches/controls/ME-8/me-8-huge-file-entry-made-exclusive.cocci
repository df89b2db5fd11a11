// SPDX-License-Identifier: GPL-2.0
// Subject: mm/huge_memory: mprotect() of a writable entry keeps it exclusive
//
// Whatever the entry of a huge page stands for: of a file's page, too, which nobody
// has to himself.
//
// Breaks: ME-8, ME-12
// Kills: huge_page_entry.mprotect_downgrades_tmpfs_huge_entry: assertion
// In: mm/huge_memory.c: change_non_present_huge_pmd | change_huge_pmd

@@
@@
- if (folio_test_anon(folio))
- 		entry = make_readable_exclusive_migration_entry(swp_offset(entry));
- 	else
- 		entry = make_readable_migration_entry(swp_offset(entry));
+ entry = make_readable_exclusive_migration_entry(swp_offset(entry));
