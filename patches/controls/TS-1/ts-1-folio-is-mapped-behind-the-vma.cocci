// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: a large folio is mapped as a whole beyond its VMA
//
// A fault in the rest of a mapping maps pages where there is none.
//
// Breaks: TS-1
// Kills: large_swap_cache.rest_of_a_folio_comes_back: assertion or report
// Variants: full
// In: mm/memory.c: do_swap_page

@@
expression e;
@@
- folio_end > e
+ false
