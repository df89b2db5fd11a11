// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the page cache has one reference on a large folio that has moved
//
// It has one for each page.
//
// Breaks: LF-7
// Kills: large_folio_list.large_folio_moves_whole: assertion
// In: mm/migrate.c: __folio_migrate_mapping

@@
@@
- folio_ref_add(newfolio, nr);
+ folio_ref_inc(newfolio);
