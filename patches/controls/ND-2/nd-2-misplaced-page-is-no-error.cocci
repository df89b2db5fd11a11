// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mempolicy: a page that ptes map is not counted where it must not be
//
// With MPOL_MF_STRICT alone, a page that is on another node goes unnoticed.
//
// Breaks: ND-2
// Kills: nodes_policy.misplaced_page_is_an_error_if_strict: assertion
// Variants: numa
// In: mm/mempolicy.c: queue_folios_pte_range

@@
expression C;
@@
  if (C) {
(
- qp->nr_failed++;
|
- qp->nr_failed += nr;
)
  if (strictly_unmovable(flags))
    break;
  }
