// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the reference of the page cache stays with the old folio
//
// When a page cache folio is replaced the reference of the cache is not dropped, so
// the old folio is never freed. An unfreeze to the same count that was frozen looks
// right at first sight.
//
// Breaks: ME-5, ME-12
// Kills: migrate_pages_move.page_cache_holds_the_new_folio: assertion
// Kills: migrate_pages_move.swap_cache_folio_keeps_slot: assertion
// In: mm/migrate.c: __folio_migrate_mapping

@@
@@
- folio_ref_unfreeze(folio, expected_count - nr);
+ folio_ref_unfreeze(folio, expected_count);
