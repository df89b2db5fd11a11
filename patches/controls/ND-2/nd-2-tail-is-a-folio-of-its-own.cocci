// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mempolicy: each pte of a large folio is a folio to isolate
//
// The second one cannot be isolated again, and counts as a page that stays.
//
// Breaks: ND-2
// Kills: nodes_policy.memory_goes_where_it_is_bound: assertion
// Variants: numa
// In: mm/mempolicy.c: queue_folios_pte_range
// Kernels: before 6.16: ptes of a folio that follow each other are looked at in one go since

@@
@@
- folio == qp->large
+ false
