// SPDX-License-Identifier: GPL-2.0
// Subject: mm: putback_movable_pages() takes all folios for anonymous
//
// What is put back is no longer counted as isolated, but always among anonymous
// folios: those of files stay isolated as far as reclaim can see, which in the end
// waits for them. Whoever has only anonymous memory in mind writes this.
//
// Breaks: ME-15
// Kills: migrate_folio.putback_counts_file_folio: assertion
// In: mm/migrate.c: putback_movable_pages

@@
@@
- node_stat_mod_folio(folio, NR_ISOLATED_ANON +
- 	folio_is_file_lru(folio), -folio_nr_pages(folio));
+ node_stat_mod_folio(folio, NR_ISOLATED_ANON, -folio_nr_pages(folio));
