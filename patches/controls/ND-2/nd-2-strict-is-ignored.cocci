// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mempolicy: mbind() does not tell of pages that stay
//
// With MPOL_MF_STRICT it has to.
//
// Breaks: ND-2
// Kills: nodes_policy.page_in_use_is_an_error_if_strict: assertion
// Variants: numa
// In: mm/mempolicy.c: do_mbind

@@
@@
- nr_failed && (flags & MPOL_MF_STRICT)
+ false
