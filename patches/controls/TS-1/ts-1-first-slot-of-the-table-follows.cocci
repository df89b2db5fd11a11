// SPDX-License-Identifier: GPL-2.0
// Subject: mm/swap: only the first slot of a large folio is replaced
//
// The others keep the old folio, which is freed: fc346d0a70a1 ("mm: migrate high-order
// folios in swap cache correctly"), in the swap table.
//
// Breaks: TS-1, LF-7
// Kills: large_swap_cache.folio_in_the_swap_cache_moves: assertion or report or hang
// Variants: full
// Kernels: from 6.18: before, the swap cache is a tree
// In: mm/swap_state.c: __swap_cache_replace_folio

@@
@@
- ++ci_off < ci_end
+ ++ci_off < ci_end && !nr_pages
