// SPDX-License-Identifier: GPL-2.0
// Subject: mm: take a huge page that is migrated for young
//
// Why else would anybody migrate it.
//
// Breaks: ME-3
// Kills: huge_page_entry.round_trip_keeps_pmd: assertion
// In: mm/huge_memory.c: set_pmd_migration_entry

@@
@@
- present && pmd_young(pmdval)
+ present

@@
@@
- if (pmd_young(pmdval))
- 	entry = make_migration_entry_young(entry);
+ entry = make_migration_entry_young(entry);
