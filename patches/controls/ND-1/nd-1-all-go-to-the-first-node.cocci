// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate: move_pages() does not see that the node has changed
//
// What is in the list is sent with what comes behind it.
//
// Breaks: ND-1
// Kills: nodes_move.each_page_goes_to_its_own_node: assertion
// Variants: numa
// In: mm/migrate.c: do_pages_move

@@
@@
- node != current_node
+ false
