// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a large folio counts as one page
//
// Success is counted in pages, as vmstat has it, and a large folio has many.
//
// Breaks: LF-3
// Kills: large_folio_list.large_folio_moves_whole: assertion
// In: mm/migrate.c: migrate_pages_batch
// In: mm/migrate.c: migrate_folios_move
// Matches: 2

@@
expression S;
@@
- S->nr_succeeded += nr_pages;
+ S->nr_succeeded++;
