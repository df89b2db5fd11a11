// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a large folio of which all pieces have moved counts as failed
//
// The list is empty, and yet the call says that something was not migrated.
// Callers undo what has been done, or do it again.
//
// Breaks: LF-3
// Kills: large_folio_list.large_folio_is_split_and_moves: assertion
// Kills: large_folio_table.large_folio_meets_its_fate: assertion
// In: mm/migrate.c: migrate_pages

@@
@@
- if (list_empty(from))
- 	rc_gather = 0;
