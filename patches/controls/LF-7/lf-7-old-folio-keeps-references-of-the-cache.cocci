// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the old folio keeps references of the page cache
//
// All but one: the memory is never free again.
//
// Breaks: LF-7
// Kills: large_folio_list.large_folio_moves_whole: assertion
// In: mm/migrate.c: __folio_migrate_mapping

@@
@@
- folio_ref_unfreeze(folio, expected_count - nr);
+ folio_ref_unfreeze(folio, expected_count - 1);
