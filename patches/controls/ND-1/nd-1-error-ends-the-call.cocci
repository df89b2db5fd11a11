// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate: move_pages() ends at the first page that cannot be moved
//
// The pages behind it stay where they are.
//
// Breaks: ND-1
// Kills: nodes_move.page_that_cannot_be_moved_is_told: assertion
// Variants: numa
// In: mm/migrate.c: do_pages_move

@@
expression status;
@@
- err = store_status(status, i, err ? : current_node, 1);
+ store_status(status, i, err ? : current_node, 1);
