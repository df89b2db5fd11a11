// SPDX-License-Identifier: GPL-2.0
// Subject: mm: only the first slot of a large folio follows it
//
// The others keep the old folio, which is freed: fc346d0a70a1 ("mm: migrate high-order
// folios in swap cache correctly").
//
// Breaks: TS-1, LF-7
// Kills: large_swap_cache.folio_in_the_swap_cache_moves: assertion or report or hang
// Variants: full
// Kernels: before 6.18: later the swap table has one function for all slots
// In: mm/migrate.c: __folio_migrate_mapping

@@
@@
- entries = nr;
+ entries = 1;
