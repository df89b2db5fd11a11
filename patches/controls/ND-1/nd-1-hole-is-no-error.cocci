// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate: a hole is told as an address that is not mapped
//
// move_pages(2) has an error for each of them.
//
// Breaks: ND-1
// Kills: nodes_move.page_that_cannot_be_moved_is_told: assertion
// Variants: numa
// In: mm/migrate.c: add_folio_for_migration

@@
@@
- err = -ENOENT;
