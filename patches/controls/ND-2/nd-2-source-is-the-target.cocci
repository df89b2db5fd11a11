// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mempolicy: migrate_pages() takes pages to where they are
//
// The nodes are the wrong way round.
//
// Breaks: ND-2
// Kills: nodes_policy.process_moves_as_a_whole: assertion
// Variants: numa
// In: mm/mempolicy.c: migrate_to_node

@@
@@
- node_set(source, nmask);
+ node_set(dest, nmask);
