// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a large folio that has moved counts as one isolated page
//
// Reclaim and compaction wait for ever for too many isolated pages to go.
//
// Breaks: LF-3, LF-1
// Kills: large_folio_list.large_folio_moves_whole: assertion
// Kills: large_folio_list.large_folio_moves_at_second_try: assertion
// In: mm/migrate.c: migrate_folio_done

@@
expression a, b;
@@
- mod_node_page_state(a, b, -folio_nr_pages(src))
+ mod_node_page_state(a, b, -1)
