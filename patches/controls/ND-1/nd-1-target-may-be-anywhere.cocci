// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate: move_pages() takes memory of any node
//
// The new page is on the node of the CPU if that has memory.
//
// Breaks: ND-1
// Kills: nodes_move.memory_goes_where_it_is_sent: assertion or hang
// Variants: numa
// In: mm/migrate.c: alloc_migration_target

@@
expression mask, order, nmask;
@@
- __folio_alloc(mask, order, nid, nmask)
+ __folio_alloc(mask & ~__GFP_THISNODE, order, numa_node_id(), nmask)
