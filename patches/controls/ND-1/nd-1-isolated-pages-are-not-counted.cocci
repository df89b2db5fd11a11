// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate: move_pages() does not count what it isolates
//
// When the page is put back the counter falls below what it was.
//
// Breaks: ND-1
// Kills: nodes_move.memory_goes_where_it_is_sent: assertion
// Variants: numa
// In: mm/migrate.c: __add_folio_for_migration

@@
@@
- node_stat_mod_folio(...);
