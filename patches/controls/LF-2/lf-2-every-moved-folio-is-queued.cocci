// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate: queue each large folio that has been moved for a split
//
// The shrinker then splits folios that nobody has unmapped a page of.
//
// Breaks: LF-2
// Kills: large_folio_list.large_folio_moves_whole: assertion
// In: mm/migrate.c: migrate_folio_move

@@
@@
- src_deferred_split = false
+ src_deferred_split = folio_order(src) > 1
