// SPDX-License-Identifier: GPL-2.0
// Subject: mm: THP_MIGRATION_SPLIT does not count
//
// The counter goes up where huge pages cannot be migrated at all, and not
// where there is no memory for one.
//
// Breaks: LF-3
// Kills: large_folio_list.large_folio_is_split_and_moves: assertion
// In: mm/migrate.c: migrate_pages_batch
// Matches: 2

@@
@@
- stats->nr_thp_split += is_thp;
+ ;
