// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate: give destinations back from the head of the list
//
// The first one is given back for each folio that stays, and the others never.
//
// Breaks: ME-15
// Kills: migrate_pages_list.several_busy_folios_are_put_back: assertion or report
// In: mm/migrate.c: migrate_folios_undo | migrate_pages_batch

@@
@@
  migrate_folio_undo_dst(...);
- dst = dst2;
