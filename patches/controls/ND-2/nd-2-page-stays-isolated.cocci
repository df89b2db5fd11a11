// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mempolicy: pages that could not be moved are not put back
//
// They are off the LRU for ever, and reclaim waits for them.
//
// Breaks: ND-2
// Kills: nodes_policy.page_in_use_is_an_error_if_strict: assertion or report
// Variants: numa
// In: mm/mempolicy.c: do_mbind

@@
expression list;
@@
- putback_movable_pages(list);
