// SPDX-License-Identifier: GPL-2.0
// Subject: mm: an anonymous folio that has been migrated is not counted
//
// The source counts down when it is freed. nr_anon of its order falls with
// each migration.
//
// Breaks: LF-2, LF-1
// Kills: large_folio_entry.each_page_has_an_entry_of_its_own: assertion
// In: mm/migrate.c: __folio_migrate_mapping
// Matches: 2

@@
expression F;
@@
- mod_mthp_stat(folio_order(F), MTHP_STAT_NR_ANON, 1);
+ ;
