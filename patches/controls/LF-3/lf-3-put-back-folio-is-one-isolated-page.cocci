// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a large folio that is put back counts as one isolated page
//
// Reclaim and compaction wait for ever for too many isolated pages to go.
//
// Breaks: LF-3, LF-1
// Kills: large_folio_list.pinned_large_folio_stays: assertion
// In: mm/migrate.c: putback_movable_pages

@@
expression b;
@@
- node_stat_mod_folio(folio, b, -folio_nr_pages(folio))
+ node_stat_mod_folio(folio, b, -1)
