// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate: move_pages() forgets the last page of a row
//
// Off by one.
//
// Breaks: ND-1
// Kills: nodes_move.memory_goes_where_it_is_sent: assertion
// Kills: nodes_move.each_page_goes_to_its_own_node: assertion
// Variants: numa
// In: mm/migrate.c: move_pages_and_store_status

@@
expression status, start, node;
@@
- store_status(status, start, node, i - start)
+ store_status(status, start, node, i - start - 1)
