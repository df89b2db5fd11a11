// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a page of a driver that is put back stays isolated
//
// It can never be migrated again.
//
// Breaks: ME-15
// Kills: migrate_pages_movable.page_of_a_driver_is_moved_by_its_driver: assertion
// In: mm/migrate.c: putback_movable_ops_page | putback_movable_folio

@@
@@
(
- folio_clear_isolated(folio);
|
- ClearPageMovableOpsIsolated(page);
)
