// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a driver is not told that its page is put back
//
// It waits for it for ever.
//
// Breaks: ME-15
// Kills: migrate_pages_movable.page_of_a_driver_is_moved_by_its_driver: assertion
// In: mm/migrate.c: putback_movable_ops_page | putback_movable_folio

@@
@@
(
- mops->putback_page(&folio->page);
|
- page_movable_ops(page)->putback_page(page);
)
