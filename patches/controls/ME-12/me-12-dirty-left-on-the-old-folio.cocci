// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the dirty flag stays on the old folio of the page cache
//
// The flag is taken off the old folio and not put on the new one, so data that has
// been written to a mapping is not written back. Whoever splits the two lines across
// functions loses the second.
//
// Breaks: ME-12, ME-5
// Kills: migrate_pages_move.page_cache_holds_the_new_folio: assertion
// Kills: migrate_folio.zone_counters_follow_folio: assertion
// In: mm/migrate.c: __folio_migrate_mapping

@@
@@
- folio_set_dirty(newfolio);
