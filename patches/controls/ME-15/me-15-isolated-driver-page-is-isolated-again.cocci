// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a page of a driver is isolated twice
//
// Two migrations have it on their lists.
//
// Breaks: ME-15
// Kills: migrate_pages_movable.page_of_a_driver_is_isolated_once: assertion
// In: mm/migrate.c: isolate_movable_ops_page | isolate_movable_page

@@
@@
(
- if (!folio_test_movable(folio) || folio_test_isolated(folio))
+ if (!folio_test_movable(folio))
    goto out_no_isolated;
|
- if (PageMovableOpsIsolated(page))
-   goto out_no_isolated;
)
