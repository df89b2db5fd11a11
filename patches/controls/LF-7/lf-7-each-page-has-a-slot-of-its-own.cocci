// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a large folio of a file gets a slot for each page when it moves
//
// The page cache has one entry for all of its pages, the swap cache has one for each. Who
// writes both alike leaves entries in the page cache that nobody removes as one.
//
// Breaks: LF-7
// Kills: large_folio_list.large_folio_moves_whole: assertion
// Kernels: before 6.18: the swap cache is not in an xarray since
// In: mm/migrate.c: __folio_migrate_mapping

@@
@@
- entries = 1;
+ entries = nr;
