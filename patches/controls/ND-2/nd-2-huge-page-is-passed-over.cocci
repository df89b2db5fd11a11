// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mempolicy: huge pages are not queued for migration
//
// mbind() leaves them where they are.
//
// Breaks: ND-2
// Kills: nodes_policy.memory_goes_where_it_is_bound: assertion
// Kills: nodes_policy.process_moves_as_a_whole: assertion
// Variants: numa
// In: mm/mempolicy.c: queue_folios_pmd

@@
expression folio, qp;
@@
- !queue_folio_required(folio, qp)
+ true
