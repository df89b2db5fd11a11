// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate: pages that could not be moved are not put back
//
// They are off the LRU for ever, and reclaim waits for them.
//
// Breaks: ND-1
// Kills: nodes_move.page_in_use_is_counted: assertion or report
// Variants: numa
// In: mm/migrate.c: do_move_pages_to_node

@@
expression list;
@@
- putback_movable_pages(list);
