// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate: move_pages() takes the zero page for a page of the process
//
// It is on a node like any other page.
//
// Breaks: ND-1
// Kills: nodes_move.page_that_cannot_be_moved_is_told: assertion or report
// Variants: numa
// In: mm/migrate.c: __add_folio_for_migration

@@
expression folio;
@@
- is_zero_folio(folio) || is_huge_zero_folio(folio)
+ false
