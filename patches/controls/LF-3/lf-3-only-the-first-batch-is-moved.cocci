// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a list longer than a batch is not moved to its end
//
// What is behind the first batch is left on the list, and counts nowhere.
//
// Breaks: LF-3
// Kills: large_folio_batch.list_of_many_pages_moves_to_its_end: assertion
// In: mm/migrate.c: migrate_pages

@@
@@
  if (!list_empty(from))
- 	goto again;
+ 	;
