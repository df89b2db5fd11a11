// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a page that its driver does not give away keeps a reference
//
// Its driver cannot free it any more.
//
// Breaks: ME-15
// Kills: migrate_pages_movable.page_of_a_driver_is_isolated_once: assertion
// In: mm/migrate.c: isolate_movable_ops_page | isolate_movable_page

@@
@@
  out_putfolio:
- folio_put(folio);
