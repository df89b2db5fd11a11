// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate: move_pages() does not look who else maps a page
//
// Anyone can have the pages of others moved.
//
// Breaks: ND-1
// Kills: nodes_move.page_of_others_wants_a_flag: assertion
// Variants: numa
// In: mm/migrate.c: __add_folio_for_migration

@@
expression folio;
@@
(
- folio_likely_mapped_shared(folio) && !migrate_all
+ false
|
- folio_maybe_mapped_shared(folio) && !migrate_all
+ false
)
