// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not mark a huge page dirty that is unmapped for a migration
//
// The entry has the dirty bit, so set_pmd_migration_entry() leaves the folio alone. If
// the entry goes before it is restored, nobody knows of the bit.
//
// Breaks: ME-3
// Kills: huge_page_entry.round_trip_keeps_pmd: assertion
// In: mm/huge_memory.c: set_pmd_migration_entry

@@
@@
(
- if (pmd_dirty(pmdval))
- 	folio_mark_dirty(folio);
|
- if (present && pmd_dirty(pmdval))
- 	folio_mark_dirty(folio);
|
  if (present && pmd_dirty(pmdval)) {
- folio_mark_dirty(folio);
  entry = make_migration_entry_dirty(entry);
  }
)
