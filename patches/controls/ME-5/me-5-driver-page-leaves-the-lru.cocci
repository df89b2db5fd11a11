// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a page of a driver that has moved is no longer isolated from the LRU
//
// It never was on it: the counter of isolated pages is too small by one.
//
// Breaks: ME-5, ME-15
// Kills: migrate_pages_movable.page_of_a_driver_is_moved_by_its_driver: assertion
// In: mm/migrate.c: migrate_folio_done

@@
statement S;
@@
(
- if (likely(!__folio_test_movable(src)) && reason != MR_DEMOTION)
+ if (reason != MR_DEMOTION)
    S
|
- if (likely(!page_has_movable_ops(&src->page)) && reason != MR_DEMOTION)
+ if (reason != MR_DEMOTION)
    S
)
